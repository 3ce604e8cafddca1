#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "comcat/client/memory.h"
#include "comcat/client/voice_stages.h"
#include "comcat/codec/encoder.h"
#include "comcat/transport/address.h"

#include "absl/status/status.h"

/// Values and functions of them. Threads: any.
namespace comcat::client {

/// What becomes of a line that begins with no command: it is said to the room, at once or once a
/// hint has told so, or it only ever gets the hint.
enum class PlainText { kSayAfterHint, kSay, kHint };

/// What a user asks of a client; comcat-client makes it from its flags.
struct ClientOptions {
  base::Address address;
  std::vector<base::Address> other_addresses;  // tried in turn where that one has no place
  std::string name;
  std::string room;
  bool new_room = false;        // made by the server, in place of `room`
  std::string room_passcode;    // of `room`, and tried where another asks for one; "": none
  std::string passcode;         // "": none
  std::string host_passcode;    // "": none
  std::string passcode_origin;  // where it came from, in words for the user; "": nowhere
  // An ending of a passcode is not told: the user is asked, and calls again.
  bool asks_passcode = false;
  bool asks_room_passcode = false;
  std::string pair_code;  // of the word pair on another device; "": none
  bool tls = true;
  bool datagrams = true;         // voice beside the stream, where the server offers it
  std::string only_fingerprint;  // --trust
  std::string state_directory;   // "": there is none
  ServerMemory memory;           // of earlier calls to this server
  bool remembers_place = false;  // the next call is to know the room, and whether one was muted
  bool device_key = true;        // servers may know this device again
  std::string input;             // as audio::make_source
  std::string output;            // as audio::make_sink
  bool over = false;             // files that are played are heard over the microphone
  std::string control;           // a Unix socket to take commands from, or empty
  std::string record_arrivals;   // a file that does not exist, or empty
  codec::EncoderOptions encoder;
  /// What is not given is on where the input is a device (echo: and the output), else off, and
  /// all is sent, as it is with a constant bitrate.
  VoiceStages::Change stages;
  bool muted = false;
  bool loopback = false;    // the user hears himself through the server
  bool background = false;  // the end of the input does not stop the call
  bool json = false;
  bool speaking_events = false;  // with json
  bool clock = false;            // the time before what is said
  bool bell = false;             // of a terminal, for what is for the user
  int talk_key = 0;              // as TerminalKeys has it
  bool status_line = true;       // on a terminal that has space for it
  PlainText plain_text = PlainText::kSayAfterHint;
  std::chrono::milliseconds connect_timeout{10'000};
};

/// `options.stages` with all that was not given. With frames of less than 10 ms nothing is done to
/// the sound.
[[nodiscard]] VoiceStages::Change stages_of(const ClientOptions& options);

/// What the user is told of them as the call begins; mostly "".
[[nodiscard]] std::string stages_notice(const ClientOptions& options);

/// kInvalidArgument with one sentence for the user where something cannot be right, before anything
/// is opened or sent.
[[nodiscard]] absl::Status check(const ClientOptions& options);

}  // namespace comcat::client
