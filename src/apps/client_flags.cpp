#include "client_flags.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>

#include <unistd.h>

#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/client/stage_words.h"
#include "comcat/wire/limits.h"

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "client_check.h"
#include "program.h"
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
ABSL_FLAG(
    std::string, activation, "",
    "when you are sent: voice (what sounds like speech), always (all, pauses too, at a constant "
    "bitrate) or push (from the word talk to the word hush); if not given, voice with a sound "
    "device, else always");
ABSL_FLAG(std::string, talk_key, "F8",
          "on a terminal, with activation push: you are heard while you hold this key, where the "
          "terminal tells when it is let go (kitty, foot, WezTerm, Ghostty...), else from one "
          "press to the next; F5 to F12, or none");
ABSL_FLAG(
    bool, over, false,
    "what the word play speaks into the call is heard over your microphone, and not instead of "
    "it");
ABSL_FLAG(bool, devices, false, "list the sound devices and end");
ABSL_FLAG(std::string, record_arrivals, "",
          "a new file for when each packet of voice comes (no sound): a trace of your network for "
          "comcat-playout-bench");
ABSL_FLAG(
    double, frame_ms, 20,
    "speech in one packet: 2.5, 5, 10, 20, 40 or 60 ms; the less, the sooner you are heard and "
    "the more packets there are");
ABSL_FLAG(int, bitrate, 32'000, "bits a second of speech: 6000-128000");
ABSL_FLAG(bool, constant_bitrate, false,
          "packets of one size, of silence too, so that who watches the network learns nothing "
          "from them; and activation always unless you say another");

ABSL_FLAG(
    bool, muted, false,
    "begin muted, as you do as well where your last call to this server ended so and you type "
    "commands on a terminal");
ABSL_FLAG(bool, loopback, false,
          "hear yourself, through the server and back, as the others do; the word stats says how "
          "late. Nobody else notices");
ABSL_FLAG(std::string, control, "",
          "a Unix socket, made with mode 0600, through which other programs of yours give commands "
          "to this call; see --send");
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

absl::StatusOr<client::PlainText> plain_text(const std::string& word) {
  if (word.empty()) return client::PlainText::kSayAfterHint;
  if (word == "say") return client::PlainText::kSay;
  if (word == "hint") return client::PlainText::kHint;
  return absl::InvalidArgumentError("--plain_text must be say or hint");
}

/// As terminals send function keys.
absl::StatusOr<int> talk_key(const std::string& name) {
  static const std::map<std::string, int> keys{{"none", 0}, {"f5", 15},  {"f6", 17},
                                               {"f7", 18},  {"f8", 19},  {"f9", 20},
                                               {"f10", 21}, {"f11", 23}, {"f12", 24}};
  const auto found = keys.find(absl::AsciiStrToLower(name));
  if (found != keys.end()) return found->second;
  return absl::InvalidArgumentError("--talk_key must be one of F5 to F12, or none");
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

/// A check may go without.
absl::Status take_host(client::ClientOptions& options) {
  const std::string host = absl::GetFlag(FLAGS_host);
  if (host.empty() && is_check()) return absl::OkStatus();
  if (host.empty()) {
    return absl::InvalidArgumentError(
        "no server is named; write, for example, comcat-client voice.example.org");
  }
  const auto addresses = transport::parse_addresses(host);
  if (!addresses.ok()) return addresses.status();
  options.address = addresses->front();
  options.other_addresses.assign(addresses->begin() + 1, addresses->end());
  return absl::OkStatus();
}

}  // namespace

const std::vector<FlagGroup>& client_flag_groups() {
  static const auto* const groups = new std::vector<FlagGroup>{
      {"The call",
       {"host", "name", "room", "new_room", "passcode", "passcode_file", "room_passcode",
        "room_passcode_file", "host_passcode", "host_passcode_file", "pair", "datagrams"}},
      {"Sound",
       {"input", "output", "devices", "check", "echo", "noise", "gain", "activation", "talk_key",
        "over", "frame_ms", "bitrate", "constant_bitrate", "muted", "loopback", "record_arrivals"}},
      {"Security", {"insecure", "trust", "state_dir", "device_key"}},
      {"Console",
       {"background", "control", "send", "json", "speaking_events", "status_line", "bell", "clock",
        "plain_text", "log_level"}},
  };
  return *groups;
}

absl::StatusOr<client::ClientOptions> client_options() {
  client::ClientOptions options;
  if (absl::Status status = take_stages(options.stages); !status.ok()) return status;
  if (absl::Status status = take_host(options); !status.ok()) return status;
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
  options.over = absl::GetFlag(FLAGS_over);
  options.control = absl::GetFlag(FLAGS_control);
  options.record_arrivals = absl::GetFlag(FLAGS_record_arrivals);
  options.encoder.frame = std::chrono::microseconds(
      std::llround(std::clamp(absl::GetFlag(FLAGS_frame_ms), 0.0, 1e6) * 1000));
  options.encoder.bitrate_bps = absl::GetFlag(FLAGS_bitrate);
  options.encoder.constant_bitrate = absl::GetFlag(FLAGS_constant_bitrate);
  options.muted = absl::GetFlag(FLAGS_muted);
  options.loopback = absl::GetFlag(FLAGS_loopback);
  options.background = absl::GetFlag(FLAGS_background);
  options.json = absl::GetFlag(FLAGS_json);
  options.speaking_events = absl::GetFlag(FLAGS_speaking_events);
  options.bell = absl::GetFlag(FLAGS_bell);
  options.clock = absl::GetFlag(FLAGS_clock);
  options.status_line = absl::GetFlag(FLAGS_status_line);
  const auto plain = plain_text(absl::GetFlag(FLAGS_plain_text));
  if (!plain.ok()) return plain.status();
  options.plain_text = *plain;
  const auto key = talk_key(absl::GetFlag(FLAGS_talk_key));
  if (!key.ok()) return key.status();
  options.talk_key = *key;
  const auto state = state_directory(absl::GetFlag(FLAGS_state_dir));
  const bool remembers = options.tls && options.only_fingerprint.empty();
  if (!state.ok() && remembers) return state.status();
  if (state.ok()) options.state_directory = *state;
  if (!absl::GetFlag(FLAGS_host).empty()) recall(options);
  return options;
}

}  // namespace comcat::apps
