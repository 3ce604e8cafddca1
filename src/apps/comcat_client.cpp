// comcat-client: wiring.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>
#include <unistd.h>

#include "comcat/audio/device_process.h"
#include "comcat/audio/sink.h"
#include "comcat/base/log.h"
#include "comcat/base/secret.h"
#include "comcat/base/text.h"
#include "comcat/base/write.h"
#include "comcat/client/client.h"
#include "comcat/client/passcode_prompt.h"
#include "comcat/wire/limits.h"
#include "comcat/wire/protobuf_log.h"

#include "absl/flags/flag.h"
#include "absl/synchronization/mutex.h"
#include "client_check.h"
#include "client_control.h"
#include "client_flags.h"
#include "program.h"
#include "text_file.h"
#include "user.h"

namespace comcat::apps {
namespace {

using client::Ending;
using Kind = Ending::Kind;

constexpr const char* kUsage =
    "the client of comcat: voice chat for the terminal.\n\n"
    "  comcat-client voice.example.org --name an\n\n"
    "During the call type mute, unmute, stop or help; standard input may also be a\n"
    "pipe with one of these words a line. Ctrl+C once is stop, twice ends the program\n"
    "at once. Flags that you always want may stand in ~/.config/comcat/client.flags;\n"
    "those of the command line win. Exit codes: 0 stopped, 2 usage, 3 refused\n"
    "(passcode, certificate, name taken), 4 full, 5 unreachable, 6 sound device,\n"
    "sound file or recording, 130 ended at once. With --send: 0 done, 2 no command,\n"
    "3 not done, 5 nobody answers. With --check also 7 microphone, 8 loudspeaker,\n"
    "9 echo, 10 datagrams, 11 delay: the first that is not fine.";

constexpr int kGaveUp = 130;
constexpr int kMaxAsked = 3;

Exit exit_code(Kind kind) {
  switch (kind) {
    case Kind::kStopped:
      return Exit::kStopped;
    case Kind::kUsage:
      return Exit::kUsage;
    case Kind::kRefused:
      return Exit::kRefused;
    case Kind::kFull:
      return Exit::kFull;
    case Kind::kUnreachable:
      return Exit::kUnreachable;
    case Kind::kSoundDevice:
      break;
  }
  return Exit::kSoundDevice;
}

/// A failure before the first event: with --json programs are told as they are told of later ones.
int fail_early(Kind kind, const absl::Status& status) {
  const std::string sentence(status.message());
  if (absl::GetFlag(FLAGS_json)) {
    const bool taken = audio::writes_standard_output(absl::GetFlag(FLAGS_output));
    base::write_fully(taken ? STDERR_FILENO : STDOUT_FILENO,
                      client::to_json(client::closed_report({kind, sentence})) + "\n");
  }
  return fail(exit_code(kind), sentence);
}

/// A flag whose value cannot be.
int fail_usage(const absl::Status& status) {
  return fail_early(Kind::kUsage,
                    absl::InvalidArgumentError(std::string(status.message()) + also_read_from()));
}

int list_devices() {
  const absl::StatusOr<client::Report> devices = client::devices_report();
  if (!devices.ok()) return fail_early(Kind::kSoundDevice, devices.status());
  const std::string text = absl::GetFlag(FLAGS_json) ? client::to_json(*devices) : devices->text;
  base::write_fully(STDOUT_FILENO, text + "\n");
  return static_cast<int>(Exit::kStopped);
}

/// A passcode that the user types, until it is one that may be; nothing where he gives up.
std::optional<std::string> typed_passcode(std::string prompt) {
  for (;; prompt = "passcode: ") {
    std::optional<std::string> typed = client::ask_passcode(prompt);
    if (!typed) return std::nullopt;
    const absl::Status status = wire::check_passcode(*typed);
    if (status.ok()) return typed;
    warn(std::string(status.message()));
  }
}

/// Whether the user is to be asked for a passcode, none having been given.
bool is_to_be_asked(const Ending& ending, const client::ClientOptions& given) {
  return (ending.of_passcode && given.passcode.empty()) ||
         (ending.of_room_passcode && given.room_passcode.empty());
}

/// A call by somebody who can be asked for passcodes: once the server is known to be the right one,
/// and wants one. Nothing where he gives up.
std::optional<Ending> call_and_ask(const client::ClientOptions& given) {
  client::ClientOptions options = given;
  options.asks_passcode = given.passcode.empty();
  options.asks_room_passcode = given.room_passcode.empty();
  Ending ending = client::run_client(options);
  for (int asked = 0; is_to_be_asked(ending, given) && asked < kMaxAsked; ++asked) {
    const bool of_room = ending.of_room_passcode;
    std::string& passcode = of_room ? options.room_passcode : options.passcode;
    const std::string whose =
        of_room ? "the room " + base::safe_text(options.room) : base::to_string(options.address);
    const auto typed = typed_passcode((passcode.empty() ? "" : "the passcode is wrong; ") +
                                      ("passcode of " + whose + ": "));
    if (!typed) return std::nullopt;
    passcode = *typed;
    if (!of_room) options.passcode_origin = "the prompt";
    if (asked + 1 == kMaxAsked) options.asks_passcode = options.asks_room_passcode = false;
    ending = client::run_client(options);
  }
  return ending;
}

/// How a check asks for the passcode of its server, at most kMaxAsked times.
client::AskPasscode asking_for_check(const client::ClientOptions& options) {
  return [whose = base::to_string(options.address),
          asked = 0](const std::string& refused) mutable -> std::optional<std::string> {
    if (asked++ == kMaxAsked) return std::nullopt;
    return typed_passcode((refused.empty() ? "" : "the passcode is wrong; ") +
                          ("passcode of " + whose + ": "));
  };
}

/// The passcode `name` by its flag, its file or its variable. The flag is forgotten; the file that
/// it was read from is added to `files`.
absl::StatusOr<GivenPasscode> take_passcode(std::string_view name, absl::Flag<std::string>& flag,
                                            const std::string& file,
                                            std::vector<std::string>& files) {
  absl::StatusOr<GivenPasscode> given = given_passcode(name, absl::GetFlag(flag), file);
  if (absl::GetFlag(flag).empty() && !file.empty()) files.push_back(file);
  absl::SetFlag(&flag, "");
  return given;
}

void warn_of_open(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!is_open_to_others(file)) continue;
    warn("everyone on this machine can read the passcode in " + base::safe_text(file) +
         "; chmod 600 it");
  }
}

int call() {
  std::vector<std::string> files;
  absl::StatusOr<GivenPasscode> given =
      take_passcode("passcode", FLAGS_passcode, absl::GetFlag(FLAGS_passcode_file), files);
  if (!given.ok()) return fail_usage(given.status());
  absl::StatusOr<client::ClientOptions> options = client_options();
  if (!options.ok()) return fail_usage(options.status());
  options->passcode = std::move(given->passcode);
  options->passcode_origin = std::move(given->origin);
  absl::StatusOr<GivenPasscode> of_room = take_passcode(
      "room_passcode", FLAGS_room_passcode, absl::GetFlag(FLAGS_room_passcode_file), files);
  if (!of_room.ok()) return fail_usage(of_room.status());
  options->room_passcode = std::move(of_room->passcode);
  absl::StatusOr<GivenPasscode> of_host = take_passcode(
      "host_passcode", FLAGS_host_passcode, absl::GetFlag(FLAGS_host_passcode_file), files);
  if (!of_host.ok()) return fail_usage(of_host.status());
  options->host_passcode = std::move(of_host->passcode);
  const bool has_server = !absl::GetFlag(FLAGS_host).empty();
  if (const absl::Status status = client::check(*options); has_server && !status.ok()) {
    return fail_usage(status);
  }
  warn_of_open(files);
  const bool can_ask = ::isatty(STDIN_FILENO) == 1;
  if (is_check()) {
    return check_setup(*options, has_server, absl::GetFlag(FLAGS_json),
                       can_ask ? asking_for_check(*options) : nullptr);
  }
  const std::optional<Ending> ending =
      can_ask ? call_and_ask(*options) : client::run_client(*options);
  if (!ending) return kGaveUp;
  if (ending->kind == Kind::kStopped) return 0;
  return fail(exit_code(ending->kind), ending->sentence);
}

/// The server may stand on the command line without --host, where it is not given twice.
absl::Status take_host(const std::vector<std::string>& words, int argc, char** argv) {
  if (words.empty()) return absl::OkStatus();
  const auto is_host = [](std::string_view word) {
    if (word.starts_with("--")) word.remove_prefix(1);
    return word == "-host" || word.starts_with("-host=");
  };
  const bool given_twice = std::any_of(argv + 1, argv + argc, is_host);
  if (given_twice || words.size() > 1) {
    return absl::InvalidArgumentError("the server is named already, and " +
                                      no_flag(words[given_twice ? 0 : 1]));
  }
  absl::SetFlag(&FLAGS_host, words.front());
  return absl::OkStatus();
}

int run(int argc, char** argv) {
  base::keep_memory_private();
  wire::silence_protobuf();
  const std::vector<std::string> words = parse_flags_and_words(
      argc, argv, kUsage, client_flag_groups(), configuration_file("client.flags"));
  if (const absl::Status status = take_host(words, argc, argv); !status.ok()) {
    return fail_usage(status);
  }
  base::LogLevel level = base::LogLevel::kWarning;
  if (!base::parse_log_level(absl::GetFlag(FLAGS_log_level), level)) {
    return fail_usage(
        absl::InvalidArgumentError("--log_level must be debug, info, warning or error"));
  }
  base::set_log_level(level);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // costs a tenth of the CPU
  // Names resolve as in every other program of this machine (nsswitch, mDNS), and gRPC's own log
  // stays out of the conversation.
  ::setenv("GRPC_DNS_RESOLVER", "native", 0);
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  if (const absl::Status status = check_descriptors(); !status.ok()) {
    return fail_early(Kind::kUsage, status);
  }
  if (is_sender()) return send_words(absl::GetFlag(FLAGS_control), absl::GetFlag(FLAGS_json));
  if (absl::GetFlag(FLAGS_devices)) return list_devices();
  return call();
}

}  // namespace
}  // namespace comcat::apps

int main(int argc, char** argv) {
  if (comcat::audio::is_device_process(argc, argv)) return comcat::audio::run_device_process();
  return comcat::apps::run(argc, argv);
}
