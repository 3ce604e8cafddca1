// comcat-server: flags and wiring.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "comcat/base/certificate_fingerprint.h"
#include "comcat/base/log.h"
#include "comcat/base/secret.h"
#include "comcat/server/metrics_endpoint.h"
#include "comcat/server/server.h"
#include "comcat/store/ban_book.h"
#include "comcat/wire/limits.h"
#include "comcat/wire/protobuf_log.h"

#include "absl/flags/flag.h"
#include "absl/synchronization/mutex.h"
#include "administration.h"
#include "certificate_flags.h"
#include "cluster_flags.h"
#include "kept_claims.h"
#include "kept_texts.h"
#include "lasting_rooms.h"
#include "program.h"
#include "starting_terminal.h"
#include "text_file.h"
#include "user.h"

ABSL_FLAG(
    std::string, passcode, "",
    "the shared secret that callers must know: 1-256 printable ASCII characters; better given "
    "by --passcode_file or the environment variable COMCAT_PASSCODE");
ABSL_FLAG(std::string, passcode_file, "", "a file whose first line is the passcode");
ABSL_FLAG(std::string, host_passcode, "",
          "who gives this one as well is a host, who can kick, ban and mute; better given by "
          "--host_passcode_file or COMCAT_HOST_PASSCODE; empty: there are no hosts");
ABSL_FLAG(std::string, host_passcode_file, "", "a file whose first line is the host passcode");
ABSL_FLAG(bool, open, false, "let everyone in: no passcode");
ABSL_FLAG(
    std::string, listen, ":50051",
    "HOST:PORT to listen on, several with commas between them; no HOST: every address of IPv6 "
    "and IPv4; port 0 picks one, which the log names");
ABSL_FLAG(bool, datagrams, true,
          "take voice over UDP as well, which a lost packet does not hold up; only with TLS");
ABSL_FLAG(int, datagram_port, 0, "the UDP port for it; 0: that of the first --listen");
ABSL_FLAG(int, max_clients, 100, "callers at a time; more are refused");
ABSL_FLAG(std::string, state_dir, "",
          "where the server's own certificate and its texts are kept, of one server; empty: "
          "$XDG_STATE_HOME/comcat or ~/.local/state/comcat");
ABSL_FLAG(std::string, metrics, "",
          "HOST:PORT, for example 127.0.0.1:9464, where Prometheus finds /metrics; empty: nowhere");
ABSL_FLAG(bool, reflection, false,
          "answer gRPC server reflection, for tools such as grpcurl; costs a few threads");
ABSL_FLAG(std::string, log_level, "info", "debug, info, warning or error");

// What one caller may do; docs/security.md explains each.
ABSL_FLAG(int, max_speakers, 8, "the loudest speakers of a room that each listener is sent");
ABSL_FLAG(bool, recording, true,
          "let clients record calls, of which everyone in the room is told; without, comcat's own "
          "clients do not");
ABSL_FLAG(int, max_frames_per_second, 400, "voice frames a second from one caller");
ABSL_FLAG(int, max_bytes_per_second, 32 * 1024, "bytes of voice a second from one caller");
ABSL_FLAG(int, max_commands_per_second, 10, "commands a second from one caller");
ABSL_FLAG(int, max_connections_per_address, 0,
          "TCP connections from one address; 0: --max_clients and 256 more");
ABSL_FLAG(int, max_clients_per_address, 0, "callers at a time from one address; 0: any number");
ABSL_FLAG(int, max_passcode_failures, 10,
          "wrong passcodes from one address within 2 minutes before it is refused for a while");
ABSL_FLAG(int, ban_seconds, 300, "for how long it is then refused");
ABSL_FLAG(int, hello_seconds, 5, "how long a caller may take to say hello");
ABSL_FLAG(int, stall_seconds, 10, "how long a listener may leave a message unread");

namespace comcat::apps {
namespace {

using base::LogLevel;

constexpr std::chrono::seconds kDrain{4};
constexpr std::chrono::seconds kStopWithin{5};

constexpr const char* kUsage =
    "the server of comcat: voice chat for the terminal.\n\n"
    "  comcat-server --passcode hunter2-and-more\n\n"
    "Callers join with: comcat-client THIS_MACHINE --name NAME. Stop with Ctrl+C or\n"
    "SIGTERM: everyone is told, and the server ends within 5 s. Whoever runs it can\n"
    "act in it: comcat-server --admin \"kick an because of the noise\". Exit codes:\n"
    "0 stopped, 2 usage, 3 --admin was refused, 5 --admin found no server,\n"
    "128 + signal ended at once by a second one.";

const std::vector<FlagGroup>& flag_groups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"Who may call",
       {"passcode", "passcode_file", "open", "listen", "datagrams", "datagram_port", "max_clients",
        "rooms"}},
      {"Security", {"tls_cert", "tls_key", "insecure"}},
      {"What is kept", {"state_dir", "history_hours"}},
      {"Hosts", {"host_passcode", "host_passcode_file", "admin", "admin_socket"}},
      {"One of several servers",
       {"nats", "nats_credentials", "nats_ca", "cluster", "node", "advertise", "text_replicas"}},
      {"Watching", {"metrics", "reflection", "log_level"}},
      {"What one room or caller may do",
       {"max_speakers", "recording", "max_frames_per_second", "max_bytes_per_second",
        "max_commands_per_second", "hello_seconds", "stall_seconds"}},
      {"What one address may do",
       {"max_connections_per_address", "max_clients_per_address", "max_passcode_failures",
        "ban_seconds"}},
  };
  return *groups;
}

absl::Status check_positive(const char* name, int value) {
  if (value >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError("--" + std::string(name) + " must be at least 1");
}

absl::Status check_numbers() {
  absl::Status status = check_positive("max_clients", absl::GetFlag(FLAGS_max_clients));
  if (absl::GetFlag(FLAGS_datagram_port) < 0 || absl::GetFlag(FLAGS_datagram_port) > 65535) {
    status.Update(absl::InvalidArgumentError(
        "--datagram_port must be a port, 1 to 65535, or 0 for that of --listen"));
  }
  status.Update(check_positive("max_speakers", absl::GetFlag(FLAGS_max_speakers)));
  status.Update(
      check_positive("max_frames_per_second", absl::GetFlag(FLAGS_max_frames_per_second)));
  status.Update(check_positive("max_bytes_per_second", absl::GetFlag(FLAGS_max_bytes_per_second)));
  status.Update(
      check_positive("max_commands_per_second", absl::GetFlag(FLAGS_max_commands_per_second)));
  status.Update(
      check_positive("max_passcode_failures", absl::GetFlag(FLAGS_max_passcode_failures)));
  status.Update(check_positive("ban_seconds", absl::GetFlag(FLAGS_ban_seconds)));
  status.Update(check_positive("hello_seconds", absl::GetFlag(FLAGS_hello_seconds)));
  status.Update(check_positive("stall_seconds", absl::GetFlag(FLAGS_stall_seconds)));
  return status;
}

absl::StatusOr<std::string> passcode() {
  absl::StatusOr<GivenPasscode> given =
      given_passcode("passcode", absl::GetFlag(FLAGS_passcode), absl::GetFlag(FLAGS_passcode_file));
  absl::SetFlag(&FLAGS_passcode, "");
  if (!given.ok()) return given.status();
  if (absl::GetFlag(FLAGS_open)) {
    if (given->passcode.empty()) return "";
    return absl::InvalidArgumentError("--open and a passcode contradict each other; give one");
  }
  if (given->passcode.empty()) {
    return absl::InvalidArgumentError(
        "no passcode; give --passcode, --passcode_file or COMCAT_PASSCODE, or --open to let "
        "everyone in");
  }
  if (absl::Status status = wire::check_passcode(given->passcode); !status.ok()) return status;
  return std::move(given->passcode);
}

absl::StatusOr<std::optional<server::Passcode>> host_passcode() {
  absl::StatusOr<GivenPasscode> given = given_passcode(
      "host_passcode", absl::GetFlag(FLAGS_host_passcode), absl::GetFlag(FLAGS_host_passcode_file));
  absl::SetFlag(&FLAGS_host_passcode, "");
  if (!given.ok()) return given.status();
  if (given->passcode.empty()) return std::nullopt;
  if (absl::Status status = wire::check_passcode(given->passcode); !status.ok()) return status;
  server::Passcode passcode(given->passcode);
  base::wipe(given->passcode);
  return passcode;
}

/// What makes the passcode easier to guess or to find than it has to be.
void warn_of_passcode(std::size_t characters) {
  constexpr std::size_t kShortPasscode = 8;
  if (characters > 0 && characters < kShortPasscode) {
    base::log(LogLevel::kWarning, "passcode_is_short", {{"characters", characters}});
  }
  const std::string file = absl::GetFlag(FLAGS_passcode_file);
  if (!file.empty() && is_open_to_others(file)) {
    base::log(LogLevel::kWarning, "passcode_file_is_open_to_others", {{"file", file}});
  }
}

/// `characters` gets the length of the passcode, of which nothing else is kept but its digest.
absl::StatusOr<server::ServerOptions> server_options(std::size_t& characters) {
  server::ServerOptions options;
  if (absl::Status status = check_numbers(); !status.ok()) return status;
  absl::StatusOr<std::string> secret = passcode();
  if (!secret.ok()) return secret.status();
  characters = secret->size();
  options.admission.passcode = server::Passcode(*secret);
  base::wipe(*secret);
  absl::StatusOr<std::optional<server::Passcode>> of_hosts = host_passcode();
  if (!of_hosts.ok()) return of_hosts.status();
  options.admission.host_passcode = *of_hosts;
  absl::StatusOr<std::optional<server::Certificate>> tls =
      certificate(absl::GetFlag(FLAGS_state_dir));
  if (!tls.ok()) return tls.status();
  options.certificate = std::move(*tls);
  absl::StatusOr<std::vector<server::LastingRoom>> rooms = lasting_rooms();
  if (!rooms.ok()) return rooms.status();
  options.hub.lasting_rooms = *std::move(rooms);
  options.reflection = absl::GetFlag(FLAGS_reflection);
  options.acceptor.listen = absl::GetFlag(FLAGS_listen);
  options.datagrams.wanted = absl::GetFlag(FLAGS_datagrams);
  options.datagrams.port = absl::GetFlag(FLAGS_datagram_port);
  const auto max_clients = static_cast<std::size_t>(absl::GetFlag(FLAGS_max_clients));
  options.acceptor.limits.in_all = 2 * max_clients + 512;
  const int per_address = absl::GetFlag(FLAGS_max_connections_per_address);
  options.acceptor.limits.per_address =
      per_address > 0 ? static_cast<std::size_t>(per_address) : max_clients + 256;
  options.admission.max_clients = max_clients;
  options.admission.max_clients_per_address =
      static_cast<std::size_t>(std::max(0, absl::GetFlag(FLAGS_max_clients_per_address)));
  options.admission.max_passcode_failures = absl::GetFlag(FLAGS_max_passcode_failures);
  options.admission.ban = std::chrono::seconds(absl::GetFlag(FLAGS_ban_seconds));
  options.hub.rooms.max_speakers = static_cast<std::size_t>(absl::GetFlag(FLAGS_max_speakers));
  options.hub.rooms.allows_recording = absl::GetFlag(FLAGS_recording);
  options.hub.hello_timeout = std::chrono::seconds(absl::GetFlag(FLAGS_hello_seconds));
  options.hub.stall_timeout = std::chrono::seconds(absl::GetFlag(FLAGS_stall_seconds));
  options.hub.caller.conduct.max_frames_per_second = absl::GetFlag(FLAGS_max_frames_per_second);
  options.hub.caller.conduct.max_bytes_per_second = absl::GetFlag(FLAGS_max_bytes_per_second);
  options.hub.caller.conduct.max_commands_per_second = absl::GetFlag(FLAGS_max_commands_per_second);
  return options;
}

/// The signals that end a server.
sigset_t end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM}) sigaddset(&signals, signal);
  return signals;
}

/// Those that it waits for, blocked in every thread.
sigset_t awaited_signals() {
  sigset_t signals = end_signals();
  sigaddset(&signals, SIGHUP);
  return signals;
}

std::string name_of(int signal) {
  return "SIG" + std::string(sigabbrev_np(signal));
}

void reload_rooms(server::Server& server) {
  absl::StatusOr<std::vector<server::LastingRoom>> rooms = lasting_rooms();
  if (!rooms.ok()) {
    base::log(LogLevel::kError, "rooms_kept", {{"why", std::string(rooms.status().message())}});
    return;
  }
  server.declare_rooms(*std::move(rooms));
}

void renew_certificate(server::Server& server) {
  const absl::StatusOr<server::Certificate> renewed =
      reread_certificate(absl::GetFlag(FLAGS_state_dir));
  if (!renewed.ok()) {
    base::log(LogLevel::kError, "certificate_kept",
              {{"why", std::string(renewed.status().message())}});
    return;
  }
  server.renew_certificate(*renewed);
  base::log(
      LogLevel::kInfo, "certificate_renewed",
      {{"fingerprint", base::certificate_fingerprint(renewed->certificate_pem).value_or("")}});
}

/// What SIGHUP asks for: what can change while people talk.
void reload(server::Server& server) {
  const bool has_rooms = !absl::GetFlag(FLAGS_rooms).empty();
  if (has_rooms) reload_rooms(server);
  if (!absl::GetFlag(FLAGS_insecure)) {
    renew_certificate(server);
  } else if (!has_rooms) {
    base::log(LogLevel::kInfo, "nothing_to_reload", {{"why", "--insecure has no certificate"}});
  }
}

/// Waits for a signal that ends the server, and obeys those that do not.
int wait_for_end(server::Server& server, const StartingTerminal& terminal) {
  const sigset_t awaited = awaited_signals();
  int signal = 0;
  sigwait(&awaited, &signal);
  for (; signal == SIGHUP && !terminal.is_closed(); sigwait(&awaited, &signal)) reload(server);
  return signal;
}

/// One connection is one file descriptor: takes as many as the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void serve(server::Server& server, const StartingTerminal& terminal) {
  const int signal = wait_for_end(server, terminal);
  // A second signal ends the program at once; so does a peer who holds the end up: everyone else
  // has been told by then.
  std::thread([signals = end_signals()] {
    const timespec patience{kStopWithin.count(), 0};
    const int again = sigtimedwait(&signals, nullptr, &patience);
    base::log(LogLevel::kWarning, "stopped",
              {{"why", again > 0 ? "a second signal, " + name_of(again)
                                 : std::string("peers that do not read")}});
    _exit(again > 0 ? 128 + again : 0);
  }).detach();
  base::log(LogLevel::kInfo, "stopping", {{"signal", name_of(signal)}});
  server.stop(kDrain);
  base::log(LogLevel::kInfo, "stopped");
}

int run(int argc, char** argv) {
  base::keep_memory_private();
  wire::silence_protobuf();
  parse_flags(argc, argv, kUsage, flag_groups());
  LogLevel level = LogLevel::kInfo;
  if (!base::parse_log_level(absl::GetFlag(FLAGS_log_level), level)) {
    return fail(Exit::kUsage, "--log_level must be debug, info, warning or error");
  }
  base::set_log_level(level);
  if (is_administration()) return administer(absl::GetFlag(FLAGS_state_dir));
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // costs a tenth of the CPU
  signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  if (const absl::Status status = check_descriptors(); !status.ok()) {
    return fail(Exit::kUsage, std::string(status.message()));
  }

  absl::StatusOr<KeptTexts> texts = keep_texts(absl::GetFlag(FLAGS_state_dir));
  if (!texts.ok()) return fail(Exit::kUsage, std::string(texts.status().message()));
  std::size_t passcode_characters = 0;
  absl::StatusOr<server::ServerOptions> options = server_options(passcode_characters);
  if (!options.ok()) return fail(Exit::kUsage, std::string(options.status().message()));
  absl::StatusOr<std::optional<server::ClusterSettings>> cluster = cluster_settings();
  if (!cluster.ok()) return fail(Exit::kUsage, std::string(cluster.status().message()));
  options->cluster = *std::move(cluster);
  if (options->cluster) options->cluster->text_hours = shared_text_hours();
  options->journal = std::move(texts->journal);
  const StartingTerminal terminal;
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads
  const KeptClaims claims = keep_claims(absl::GetFlag(FLAGS_state_dir), texts->lock.has_value());
  options->books.claims_directory = claims.directory;
  if (const absl::Status status = prepare_hosts(*options, absl::GetFlag(FLAGS_state_dir));
      !status.ok()) {
    return fail(Exit::kUsage, std::string(status.message()));
  }
  const auto server = server::Server::start(*options);
  if (!server.ok()) return fail(Exit::kUsage, std::string(server.status().message()));
  std::unique_ptr<server::MetricsEndpoint> metrics;
  if (const std::string address = absl::GetFlag(FLAGS_metrics); !address.empty()) {
    auto endpoint = server::MetricsEndpoint::start(address, (*server)->metrics());
    if (!endpoint.ok()) return fail(Exit::kUsage, std::string(endpoint.status().message()));
    metrics = std::move(*endpoint);
  }
  const std::string certificate_pem =
      options->certificate ? options->certificate->certificate_pem : "";
  base::log(LogLevel::kInfo, "listening",
            {{"address", (*server)->address()},
             {"tls", certificate_pem.empty() ? "off" : "on"},
             {"datagram_port", (*server)->datagram_port()},
             {"fingerprint", base::certificate_fingerprint(certificate_pem).value_or("")},
             {"max_clients", options->admission.max_clients}});
  warn_of_passcode(passcode_characters);
  if (metrics) base::log(LogLevel::kInfo, "metrics", {{"port", metrics->port()}});
  serve(**server, terminal);
  return static_cast<int>(Exit::kStopped);
}

}  // namespace
}  // namespace comcat::apps

int main(int argc, char** argv) {
  return comcat::apps::run(argc, argv);
}
