// comcat-client: flags and wiring.

#include <algorithm>
#include <cmath>
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
#include "comcat/base/unicode.h"
#include "comcat/base/write.h"
#include "comcat/client/client.h"
#include "comcat/client/passcode_prompt.h"
#include "comcat/client/stage_words.h"
#include "comcat/wire/limits.h"

#include "absl/flags/flag.h"
#include "absl/synchronization/mutex.h"
#include "program.h"
#include "text_file.h"
#include "user.h"

namespace comcat::apps {
namespace {

/// A room, and whether anybody has named one.
struct RoomFlag {
  std::string name;
  bool given = false;
};

bool AbslParseFlag(absl::string_view text, RoomFlag* flag, std::string* /*error*/) {
  *flag = {std::string(text), true};
  return true;
}

std::string AbslUnparseFlag(const RoomFlag& flag) {
  return flag.name;
}

}  // namespace
}  // namespace comcat::apps

ABSL_FLAG(std::string, host, "",
          "the server: HOST, HOST:PORT or [IPV6]:PORT (port 50051), several with commas between "
          "them, tried in turn; a word that is no flag is it too");
ABSL_FLAG(std::string, name, comcat::apps::login_name(),
          "how the others see you: 1-32 printable characters; if not given, your login name");
ABSL_FLAG(comcat::apps::RoomFlag, room, {},
          "the room to join, made if there is none; if not given, the one where your last call to "
          "this server ended, where you type commands on a terminal, else lobby");
ABSL_FLAG(std::string, passcode, "",
          "the server's passcode; better given by --passcode_file or the environment variable "
          "COMCAT_PASSCODE, or typed when asked");
ABSL_FLAG(std::string, passcode_file, "", "a file whose first line is the passcode");
ABSL_FLAG(
    bool, new_room, false,
    "instead of --room: a new one, whose name nobody guesses; you are told it, to pass it on");
ABSL_FLAG(std::string, room_passcode, "",
          "the passcode of the room, where it has its own; better given by --room_passcode_file or "
          "the environment variable COMCAT_ROOM_PASSCODE, or typed when asked");
ABSL_FLAG(std::string, room_passcode_file, "", "a file whose first line is the room's passcode");
ABSL_FLAG(std::string, host_passcode, "",
          "the server's host passcode, which makes you a host; better given by "
          "--host_passcode_file or the environment variable COMCAT_HOST_PASSCODE");
ABSL_FLAG(std::string, host_passcode_file, "", "a file whose first line is the host passcode");

ABSL_FLAG(bool, insecure, false, "plaintext instead of TLS, for a server that runs --insecure");
ABSL_FLAG(bool, datagrams, true,
          "voice by datagrams (UDP) where the server offers them and they get through, so that a "
          "lost packet delays nobody; --nodatagrams: all by the stream");
ABSL_FLAG(std::string, trust, "",
          "accept only the certificate with this fingerprint (SHA256:...) and remember nothing; "
          "for scripts");
ABSL_FLAG(std::string, state_dir, "",
          "where known_hosts (the certificates seen at first use) and the device key are kept, and "
          "what is remembered of servers; empty: $XDG_STATE_HOME/comcat or ~/.local/state/comcat");
ABSL_FLAG(std::string, pair, "",
          "the code that the word pair gave on another device of yours: this one may then have "
          "that name, too");
ABSL_FLAG(bool, device_key, true,
          "let servers know this device again by a key of its own; without it you have no part in "
          "names that are claimed");

ABSL_FLAG(std::string, input, "device",
          "your voice: device (the default sound device), a device's number or part of its name, "
          "file:PATH (WAV, FLAC, MP3, Ogg..., or a FIFO), - (standard input), tone:HZ or null "
          "(silence); pipes bring WAV, told by its first bytes, or raw s16le, 48 kHz, mono");
ABSL_FLAG(
    std::string, output, "device",
    "what you hear: device, a device's number or part of its name, file:PATH.wav (a recording; "
    "PATH-2.wav where it exists), file:FIFO or - (standard output; events go to standard error) "
    "or null; pipes get raw s16le, 48 kHz, mono");
ABSL_FLAG(std::string, echo, "",
          "on or off: takes what your loudspeaker plays out of what your microphone hears; if not "
          "given, on where both are sound devices");
ABSL_FLAG(std::string, noise, "",
          "off, low or high: takes steady noise out of your voice; if not given, low with a sound "
          "device, else off");
ABSL_FLAG(std::string, gain, "",
          "on, off or +N (1-30 dB): on makes your voice about as loud as everybody's; if not "
          "given, on with a sound device, else off");
ABSL_FLAG(std::string, activation, "",
          "when you are sent: voice (what sounds like speech), always (all but silence) or push "
          "(from the word talk to the word hush); if not given, voice with a sound device, else "
          "always");
ABSL_FLAG(bool, devices, false, "list the sound devices and end");
ABSL_FLAG(std::string, record_arrivals, "",
          "a new file for when each packet of voice comes (no sound): a trace of your network for "
          "comcat-playout-bench");
ABSL_FLAG(
    double, frame_ms, 20,
    "speech in one packet: 2.5, 5, 10, 20, 40 or 60 ms; the less, the sooner you are heard and "
    "the more packets there are");
ABSL_FLAG(int, bitrate, 32'000, "bits a second of speech: 6000-128000");

ABSL_FLAG(
    bool, muted, false,
    "begin muted, as you do as well where your last call to this server ended so and you type "
    "commands on a terminal");
ABSL_FLAG(bool, background, false,
          "stay in the call when standard input ends; without it that means stop");
ABSL_FLAG(bool, json, false, "print events as JSON, one object a line");
ABSL_FLAG(bool, speaking_events, false,
          "with --json: an event when somebody begins or ends to speak, at most 10 a second");
ABSL_FLAG(bool, status_line, true,
          "on a terminal of 40 columns or more: who speaks, and how the call is, in a line under "
          "the one you type");
ABSL_FLAG(bool, bell, false,
          "on a terminal: ring when somebody says your name, or tells you something alone");
ABSL_FLAG(bool, clock, false, "the time before each text");
ABSL_FLAG(std::string, plain_text, "",
          "what becomes of a line that is no command: say it to the room, or hint at the "
          "commands; if not given, the first gets a hint and later ones are said");
ABSL_FLAG(std::string, log_level, "warning", "debug, info, warning or error");

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
    "sound file or recording, 130 ended at once.";

const std::vector<FlagGroup>& flag_groups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"The call",
       {"host", "name", "room", "new_room", "passcode", "passcode_file", "room_passcode",
        "room_passcode_file", "host_passcode", "host_passcode_file", "pair", "datagrams"}},
      {"Sound",
       {"input", "output", "devices", "echo", "noise", "gain", "activation", "frame_ms", "bitrate",
        "muted", "record_arrivals"}},
      {"Security", {"insecure", "trust", "state_dir", "device_key"}},
      {"Console",
       {"background", "json", "speaking_events", "status_line", "bell", "clock", "plain_text",
        "log_level"}},
  };
  return *groups;
}

constexpr int kGaveUp = 130;
constexpr int kMaxAsked = 3;

absl::StatusOr<client::PlainText> plain_text(const std::string& word) {
  if (word.empty()) return client::PlainText::kSayAfterHint;
  if (word == "say") return client::PlainText::kSay;
  if (word == "hint") return client::PlainText::kHint;
  return absl::InvalidArgumentError("--plain_text must be say or hint");
}

/// What was remembered of the server. Room and mute are for people, who read where they are:
/// programs begin in the same way each time.
void recall(client::ClientOptions& options) {
  const client::MemoryFile file(options.state_directory);
  absl::StatusOr<client::ServerMemory> memory = file.read(base::to_string(options.address));
  if (memory.ok()) options.memory = *std::move(memory);
  if (!memory.ok()) warn(std::string(memory.status().message()));
  const bool named = absl::GetFlag(FLAGS_room).given;
  options.remembers_place = !options.json && ::isatty(STDIN_FILENO) == 1;
  if (options.remembers_place) {
    options.muted = options.muted || options.memory.muted;
    if (!named) options.room = options.memory.room;
  }
  if (options.room.empty() && !named) options.room = wire::kDefaultRoom;
}

/// A flag's value, where it is given.
template <typename Value, typename Parse>
absl::Status take(const char* flag, const std::string& given, Parse parse,
                  std::optional<Value>& value) {
  if (given.empty()) return absl::OkStatus();
  auto parsed = parse(given);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError("--" + std::string(flag) + " \"" +
                                      base::safe_text(given, 40) + "\" is not possible; " +
                                      std::string(parsed.status().message()));
  }
  value = *parsed;
  return absl::OkStatus();
}

absl::Status take_stages(client::VoiceStages::Change& stages) {
  absl::Status status = take("echo", absl::GetFlag(FLAGS_echo), client::parse_echo, stages.echo);
  status.Update(take("noise", absl::GetFlag(FLAGS_noise), client::parse_noise, stages.noise));
  status.Update(take("gain", absl::GetFlag(FLAGS_gain), client::parse_gain, stages.gain));
  status.Update(take("activation", absl::GetFlag(FLAGS_activation), client::parse_activation,
                     stages.activation));
  return status;
}

absl::StatusOr<client::ClientOptions> client_options() {
  client::ClientOptions options;
  if (absl::Status status = take_stages(options.stages); !status.ok()) return status;
  if (absl::GetFlag(FLAGS_host).empty()) {
    return absl::InvalidArgumentError(
        "no server is named; write, for example, comcat-client voice.example.org");
  }
  const auto addresses = transport::parse_addresses(absl::GetFlag(FLAGS_host));
  if (!addresses.ok()) return addresses.status();
  options.address = addresses->front();
  options.other_addresses.assign(addresses->begin() + 1, addresses->end());
  options.name = base::to_nfc(absl::GetFlag(FLAGS_name));
  options.room = base::to_nfc(absl::GetFlag(FLAGS_room).name);
  options.new_room = absl::GetFlag(FLAGS_new_room);
  options.tls = !absl::GetFlag(FLAGS_insecure);
  options.pair_code = absl::GetFlag(FLAGS_pair);
  options.device_key = absl::GetFlag(FLAGS_device_key);
  options.datagrams = absl::GetFlag(FLAGS_datagrams);
  options.only_fingerprint = absl::GetFlag(FLAGS_trust);
  options.input = absl::GetFlag(FLAGS_input);
  options.output = absl::GetFlag(FLAGS_output);
  options.record_arrivals = absl::GetFlag(FLAGS_record_arrivals);
  options.encoder.frame = std::chrono::microseconds(
      std::llround(std::clamp(absl::GetFlag(FLAGS_frame_ms), 0.0, 1e6) * 1000));
  options.encoder.bitrate_bps = absl::GetFlag(FLAGS_bitrate);
  options.muted = absl::GetFlag(FLAGS_muted);
  options.background = absl::GetFlag(FLAGS_background);
  options.json = absl::GetFlag(FLAGS_json);
  options.speaking_events = absl::GetFlag(FLAGS_speaking_events);
  options.bell = absl::GetFlag(FLAGS_bell);
  options.clock = absl::GetFlag(FLAGS_clock);
  options.status_line = absl::GetFlag(FLAGS_status_line);
  const auto plain = plain_text(absl::GetFlag(FLAGS_plain_text));
  if (!plain.ok()) return plain.status();
  options.plain_text = *plain;
  const auto state = state_directory(absl::GetFlag(FLAGS_state_dir));
  const bool remembers = options.tls && options.only_fingerprint.empty();
  if (!state.ok() && remembers) return state.status();
  if (state.ok()) options.state_directory = *state;
  recall(options);
  return options;
}

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
  if (const absl::Status status = client::check(*options); !status.ok()) {
    return fail_usage(status);
  }
  warn_of_open(files);
  const std::optional<Ending> ending =
      ::isatty(STDIN_FILENO) == 1 ? call_and_ask(*options) : client::run_client(*options);
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
    return absl::InvalidArgumentError("the server is named already, and " + no_flag(words.back()));
  }
  absl::SetFlag(&FLAGS_host, words.front());
  return absl::OkStatus();
}

int run(int argc, char** argv) {
  base::keep_memory_private();
  const std::vector<std::string> words =
      parse_flags_and_words(argc, argv, kUsage, flag_groups(), configuration_file("client.flags"));
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
  if (absl::GetFlag(FLAGS_devices)) return list_devices();
  return call();
}

}  // namespace
}  // namespace comcat::apps

int main(int argc, char** argv) {
  if (comcat::audio::is_device_process(argc, argv)) return comcat::audio::run_device_process();
  return comcat::apps::run(argc, argv);
}
