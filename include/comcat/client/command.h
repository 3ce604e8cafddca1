#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "comcat/client/voice_stages.h"

#include "absl/status/statusor.h"

/// Values and functions of them. Threads: any.
namespace comcat::client {

// What a line of the console can ask for.
struct MuteSelf {
  bool muted = false;
};
struct DeafenSelf {
  bool deafened = false;
};
struct Stop {};
struct Help {};
struct Who {
  std::string room;  // empty: one's own
};
struct Volume {
  std::string name;
  int percent = 100;  // 0-400
};
struct IgnorePerson {
  std::string name;
  bool ignored = false;
};
/// What is remembered of this server.
struct ForgetAll {};
struct Move {
  std::string room;
};
/// To a room that the server makes.
struct MakeRoom {};
struct Rooms {
  bool names = false;  // of who is there, too
};
struct SayText {
  std::string text;
};
struct TellText {
  std::string name;
  std::string text;
};
struct ShowHistory {
  std::uint32_t most = 0;  // 0: as many as is usual
};
/// What hosts can do, in words that the server understands.
struct HostWords {
  std::string words;
};
/// The call, from now on.
struct RecordCall {
  std::string directory;  // empty: no longer
};
/// That one's name is held for this device.
struct ClaimName {};
/// A code for another device.
struct PairDevice {};
/// What shall be done to the microphone's sound; a change of nothing asks what is done.
struct SetStages {
  VoiceStages::Change change;
};
/// They hear the user from now on, or no longer.
struct PushToTalk {
  bool talks = false;
};
/// A sound file for all to hear.
struct PlayFile {
  std::string path;  // empty: no longer
};
/// From where the user speaks, or where he hears; empty: which are they?
struct ChooseSound {
  bool input = false;  // else the output
  std::string spec;
};
/// Whether he hears himself through the server; nothing: does he?
struct HearSelf {
  std::optional<bool> on;
};
struct ShowStats {};
struct ShowLevels {};
struct Devices {};
struct Nothing {};  // an empty line

using ConsoleCommand =
    std::variant<Nothing, MuteSelf, DeafenSelf, Stop, Help, Who, Volume, IgnorePerson, ForgetAll,
                 Move, MakeRoom, Rooms, SayText, TellText, ShowHistory, HostWords, RecordCall,
                 PlayFile, SetStages, PushToTalk, ClaimName, PairDevice, ShowStats, ShowLevels,
                 HearSelf, ChooseSound, Devices>;

/// The command in one line of the console. kInvalidArgument with one sentence, safe to print, where
/// the line is no command: an unknown word gets the closest one. Safe on any bytes.
[[nodiscard]] absl::StatusOr<ConsoleCommand> parse_command(const std::string& line);

/// The text of a line that is no command, where a person may have meant to say it to the room.
/// Nothing for a command, for what looks like a mistyped one, and for what begins with a slash. It
/// may be one that cannot be said: see wire::check_text().
[[nodiscard]] std::optional<std::string> plain_text(const std::string& line);

}  // namespace comcat::client
