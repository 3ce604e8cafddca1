// comcat-load: flags and wiring.

#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/secret.h"
#include "comcat/load/load.h"
#include "comcat/load/ramp.h"
#include "comcat/transport/address.h"
#include "comcat/wire/protobuf_log.h"

#include "absl/flags/flag.h"
#include "absl/synchronization/mutex.h"
#include "program.h"

ABSL_FLAG(
    std::string, host, "",
    "HOST[:PORT] of the server; the port is 50051 where not given. Of several addresses of a name "
    "the first is tried first, however long it takes: name the one to be measured");
ABSL_FLAG(std::string, speakers_host, "",
          "HOST[:PORT] of another server of the same cluster, where the speakers connect; all "
          "others listen at --host");
ABSL_FLAG(std::string, passcode, "",
          "the server's passcode; better given by --passcode_file or the environment variable "
          "COMCAT_PASSCODE");
ABSL_FLAG(std::string, passcode_file, "", "a file whose first line is the passcode");
ABSL_FLAG(bool, insecure, false, "plaintext, for a server with --insecure");
ABSL_FLAG(std::string, trust, "",
          "the fingerprint (SHA256:...) that the server's certificate must have; without it any "
          "certificate will do, for a load test confides nothing to the server");
ABSL_FLAG(bool, original, false,
          "behave as clients of com_municat's protocol: one frame a message, no rooms or levels");

ABSL_FLAG(
    bool, datagrams, true,
    "take the server's offer of datagrams, as comcat-client does; --nodatagrams: all voice by "
    "the stream");
ABSL_FLAG(double, stream_share, 0,
          "share of the callers, 0 to 1, who do without datagrams all the same");

ABSL_FLAG(bool, hold, true,
          "gather the answers that gRPC gives to every message, as comcat-client does; --nohold "
          "measures other clients");

ABSL_FLAG(int, clients, 10, "connections; every one listens");
ABSL_FLAG(int, speakers, 1, "how many of them speak; 0 to measure memory alone");
ABSL_FLAG(int, rooms, 1, "rooms that clients and speakers are dealt to evenly");
ABSL_FLAG(int, bytes, 80, "size of a voice frame: 21-1275");
ABSL_FLAG(double, period_ms, 20, "time between two frames of a speaker");
ABSL_FLAG(double, seconds, 10, "how long to measure (with --ramp: each step)");
ABSL_FLAG(double, warm_up_seconds, 1, "how long the speakers speak before anything counts");
ABSL_FLAG(
    int, flooders, 0,
    "callers who send all that their connection takes when the measurement begins; not counted "
    "in what is delivered");
ABSL_FLAG(int, stalled, 0,
          "listeners who stop reading when the measurement begins; not counted in what is "
          "delivered");
ABSL_FLAG(double, stall_seconds, 0, "after so long they read again; 0: never");

ABSL_FLAG(bool, ramp, false,
          "find the most clients for whom p99 stays within --max_p99_ms and all is delivered: "
          "doubles from --clients, then halves the gap");
ABSL_FLAG(double, max_p99_ms, 20, "the latency that --ramp allows");
ABSL_FLAG(int, max_clients, 16384, "where --ramp stops doubling");

ABSL_FLAG(int, server_pid, 0, "a server on this machine, to report its CPU time and memory");
ABSL_FLAG(int, threads, 1, "threads that receive");
ABSL_FLAG(int, connect_parallel, 16, "clients that connect at the same time, once the first is in");
ABSL_FLAG(bool, json, false, "print one JSON object a measurement instead of text");

namespace comcat::apps {
namespace {

constexpr const char* kUsage =
    "the load and latency tester of comcat: many callers without sound, in one process.\n\n"
    "  comcat-server --passcode hunter2 --max_clients 500 --max_connections_per_address 500 &\n"
    "  comcat-load --host localhost --passcode hunter2 --clients 200 --speakers 1 "
    "--server_pid $!\n\n"
    "Prints how much of what was said was delivered and how late (one way, send to receipt). A\n"
    "server forwards only the loudest speakers of a room (--max_speakers, 8); the first that many\n"
    "of each room talk, the rest are background noise, and only the former are expected to "
    "arrive.\n"
    "Memory per connection is the server's heap and stacks, without the kernel's socket buffers;\n"
    "it means something only where the server has just started: it uses the memory of earlier\n"
    "callers again.\n"
    "Exit codes: 0 all was delivered (--ramp: some number was borne), 1 not all, 2 usage,\n"
    "3 refused (passcode, certificate), 4 full, 5 unreachable, 130 ended by Ctrl+C.";

const std::vector<FlagGroup>& flag_groups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"The server",
       {"host", "speakers_host", "passcode", "passcode_file", "insecure", "trust", "server_pid"}},
      {"The callers",
       {"clients", "speakers", "rooms", "bytes", "period_ms", "original", "datagrams",
        "stream_share", "hold", "connect_parallel", "threads"}},
      {"Those who misbehave", {"flooders", "stalled", "stall_seconds"}},
      {"The measurement",
       {"seconds", "warm_up_seconds", "ramp", "max_p99_ms", "max_clients", "json"}},
  };
  return *groups;
}

constexpr int kIncomplete = 1;

using load::Options;
using load::Report;

template <typename Unit>
Unit from_number(double count, double units_per_one) {
  return Unit(std::llround(count * units_per_one));
}

absl::StatusOr<std::size_t> count_of(const char* name, int value) {
  if (value >= 0) return static_cast<std::size_t>(value);
  return absl::InvalidArgumentError("--" + std::string(name) + " must not be negative");
}

absl::StatusOr<Options> options_from_flags() {
  Options options;
  const std::string host = absl::GetFlag(FLAGS_host);
  if (host.empty()) return absl::InvalidArgumentError("no server; give --host HOST[:PORT]");
  const absl::StatusOr<base::Address> address = transport::parse_address(host);
  if (!address.ok()) return address.status();
  options.address = *address;
  options.speakers_address = *address;
  if (const std::string other = absl::GetFlag(FLAGS_speakers_host); !other.empty()) {
    const absl::StatusOr<base::Address> theirs = transport::parse_address(other);
    if (!theirs.ok()) return theirs.status();
    options.speakers_address = *theirs;
  }
  absl::StatusOr<GivenPasscode> given =
      given_passcode("passcode", absl::GetFlag(FLAGS_passcode), absl::GetFlag(FLAGS_passcode_file));
  if (!given.ok()) return given.status();
  options.passcode = std::move(given->passcode);
  options.insecure = absl::GetFlag(FLAGS_insecure);
  options.trust = absl::GetFlag(FLAGS_trust);
  if (options.insecure && !options.trust.empty()) {
    return absl::InvalidArgumentError("--insecure and --trust contradict each other");
  }
  options.original = absl::GetFlag(FLAGS_original);
  options.datagrams = absl::GetFlag(FLAGS_datagrams);
  options.stream_share = absl::GetFlag(FLAGS_stream_share);
  options.hold = absl::GetFlag(FLAGS_hold);
  options.period = from_number<std::chrono::microseconds>(absl::GetFlag(FLAGS_period_ms), 1e3);
  options.duration = from_number<std::chrono::milliseconds>(absl::GetFlag(FLAGS_seconds), 1e3);
  options.warm_up =
      from_number<std::chrono::milliseconds>(absl::GetFlag(FLAGS_warm_up_seconds), 1e3);
  options.stall = from_number<std::chrono::milliseconds>(absl::GetFlag(FLAGS_stall_seconds), 1e3);
  options.server_pid = absl::GetFlag(FLAGS_server_pid);
  const struct {
    const char* name;
    int value;
    std::size_t& field;
  } counts[] = {
      {"clients", absl::GetFlag(FLAGS_clients), options.clients},
      {"speakers", absl::GetFlag(FLAGS_speakers), options.speakers},
      {"rooms", absl::GetFlag(FLAGS_rooms), options.rooms},
      {"bytes", absl::GetFlag(FLAGS_bytes), options.bytes},
      {"flooders", absl::GetFlag(FLAGS_flooders), options.flooders},
      {"stalled", absl::GetFlag(FLAGS_stalled), options.stalled},
      {"threads", absl::GetFlag(FLAGS_threads), options.threads},
      {"connect_parallel", absl::GetFlag(FLAGS_connect_parallel), options.connect_parallel},
  };
  for (const auto& [name, value, field] : counts) {
    const absl::StatusOr<std::size_t> count = count_of(name, value);
    if (!count.ok()) return count.status();
    field = *count;
  }
  if (absl::Status status = load::check(options); !status.ok()) return status;
  return options;
}

/// On a terminal one line that overwrites itself; else a line now and then, for those who wait.
void show_progress(const std::string& sentence) {
  constexpr std::chrono::seconds kInterval{5};
  static const bool terminal = isatty(STDERR_FILENO) != 0;
  static base::Time said = base::steady_now();
  if (terminal) {
    std::fprintf(stderr, "\r\033[K%s", sentence.c_str());
  } else if (const base::Time now = base::steady_now(); now - said >= kInterval) {
    said = now;
    std::fprintf(stderr, "%s\n", sentence.c_str());
  }
}

void end_progress() {
  if (isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
}

absl::StatusOr<Report> measure(const Options& options) {
  absl::StatusOr<Report> report = load::run(options, show_progress);
  end_progress();
  if (report.ok()) {
    const std::string text =
        absl::GetFlag(FLAGS_json) ? load::to_json(*report) : load::to_text(*report);
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }
  return report;
}

int fail_with(const absl::Status& status) {
  const std::string sentence(status.message());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
      return fail(Exit::kUsage, sentence);
    case absl::StatusCode::kPermissionDenied:
      return fail(Exit::kRefused, sentence);
    case absl::StatusCode::kResourceExhausted:
      return fail(Exit::kFull, sentence);
    default:
      return fail(Exit::kUnreachable, sentence);
  }
}

int ramp_up(Options options) {
  const std::chrono::duration<double, std::milli> allowed(absl::GetFlag(FLAGS_max_p99_ms));
  const auto limit = static_cast<std::size_t>(std::max(1, absl::GetFlag(FLAGS_max_clients)));
  bool borne = false;
  const auto step = [&](std::size_t clients) -> absl::StatusOr<bool> {
    options.clients = clients;
    const absl::StatusOr<Report> report = measure(options);
    if (!report.ok()) {
      // Where nothing was borne, this ends the search and is told there.
      const std::string why(report.status().message());
      if (borne) std::fprintf(stderr, "N=%zu is not borne: %s\n", clients, why.c_str());
      return report.status();
    }
    const bool bears = report->complete() && report->latency.percentile(.99) <= allowed;
    borne = borne || bears;
    return bears;
  };
  const absl::StatusOr<std::size_t> most = load::ramp(options.clients, limit, step);
  if (!most.ok()) return fail_with(most.status());
  std::printf(absl::GetFlag(FLAGS_json) ? "{\"largest_clients\":%zu}\n"
                                        : "largest N with p99 in time and all delivered: %zu\n",
              *most);
  return *most > 0 ? 0 : kIncomplete;
}

int run(int argc, char** argv) {
  base::keep_memory_private();
  wire::silence_protobuf();
  parse_flags(argc, argv, kUsage, flag_groups());
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  ::setenv("GRPC_VERBOSITY", "NONE", 0);  // a failure is one sentence of ours
  signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<Options> options = options_from_flags();
  if (!options.ok()) return fail(Exit::kUsage, std::string(options.status().message()));
  if (absl::GetFlag(FLAGS_ramp)) return ramp_up(*options);
  const absl::StatusOr<Report> report = measure(*options);
  if (!report.ok()) return fail_with(report.status());
  return report->complete() ? 0 : kIncomplete;
}

}  // namespace
}  // namespace comcat::apps

int main(int argc, char** argv) {
  return comcat::apps::run(argc, argv);
}
