#include "comcat/client/command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "comcat/base/name.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/client/stage_words.h"
#include "comcat/client/words.h"
#include "comcat/wire/limits.h"

#include "shown_name.h"

namespace comcat::client {
namespace {

constexpr int kMaxPercent = 400;
constexpr std::size_t kMaxHintDistance = 2;  // 1 for words of three letters

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

/// Other programs' words for it.
bool is_word_for_stop(const std::string& word) {
  constexpr std::array kHabits{"bye", "leave", "part", "disconnect", "q"};
  return std::ranges::find(kHabits, word) != kHabits.end();
}

/// The command that an unknown `word` was probably to be; "" where none is near.
std::string closest_word(const std::string& word) {
  if (is_word_for_stop(word)) return "stop";
  std::string closest;
  std::size_t smallest = kMaxHintDistance + 1;
  if (word.size() > 16) return closest;
  for (const std::string& candidate : command_words()) {
    const std::size_t d = base::edit_distance(word, candidate);
    const std::size_t allowed = candidate.size() < 4 ? 1 : kMaxHintDistance;
    if (d < smallest && d <= allowed) smallest = d, closest = candidate;
  }
  return closest;
}

absl::Status unknown(const std::string& word) {
  const std::string closest = closest_word(word);
  const std::string shown = "\"" + base::safe_text(word, 40) + "\" is no command";
  if (closest.empty()) return invalid(shown + "; type help to see them all");
  return invalid(shown + "; did you mean " + closest + "? (help lists them all)");
}

/// A word of hosts that says whom or what it is about.
bool is_host_word(const std::string& word) {
  return word == "kick" || word == "ban" || word == "unban" || word == "close" || word == "release";
}

/// Whether something has to come after `word`.
bool needs_arguments(const std::string& word) {
  const ConsoleWord* const found = find_word(word);
  if (found == nullptr) return false;
  const std::vector<Argument> arguments = arguments_of(*found);
  return !arguments.empty() && !arguments.front().optional;
}

/// A name as typed, between quotes or not.
absl::StatusOr<std::string> parse_name(const std::string& typed) {
  if (lacks_closing_quote(typed)) {
    return invalid("the quote before " + base::safe_text(typed.substr(1), 40) +
                   " has no end; write \"NAME\", or NAME alone");
  }
  return typed_name(typed);
}

absl::StatusOr<std::string> parse_room(const std::string& typed) {
  const absl::StatusOr<std::string> name = parse_name(typed);
  if (!name.ok()) return name.status();
  return wire::normal_name(*name, "room");
}

absl::StatusOr<ConsoleCommand> parse_volume(const std::string& rest) {
  const std::size_t space = rest.find_last_of(" \t");
  const std::string usage = "write volume NAME PERCENT, for example: volume an 80";
  if (space == std::string::npos) return invalid(usage);
  const absl::StatusOr<std::string> name = parse_name(trimmed(rest.substr(0, space)));
  std::string number = rest.substr(space + 1);
  if (!number.empty() && number.back() == '%') number.pop_back();
  Volume volume;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, volume.percent);
  if (error != std::errc() || stop != end) return invalid(usage);
  if (!name.ok()) return name.status();
  volume.name = base::to_nfc(*name);
  if (volume.percent < 0 || volume.percent > kMaxPercent) {
    return invalid("the volume goes from 0 to 400 percent");
  }
  return volume;
}

absl::StatusOr<ConsoleCommand> parse_ignore(const std::string& word, const std::string& rest) {
  if (rest.empty()) return invalid("write " + word + " NAME, for example: " + word + " an");
  const absl::StatusOr<std::string> name = parse_name(rest);
  if (!name.ok()) return name.status();
  absl::StatusOr<std::string> normal = wire::normal_name(*name);
  if (!normal.ok()) return normal.status();
  return IgnorePerson{*std::move(normal), word == "ignore"};
}

absl::StatusOr<ConsoleCommand> parse_join(const std::string& rest) {
  if (rest.empty()) return invalid("write join ROOM, for example: join lobby");
  absl::StatusOr<std::string> room = parse_room(rest);
  if (!room.ok()) return room.status();
  return Move{*std::move(room)};
}

/// True where `rest` is what may come after who: one word, or a name in quotes. More are rather
/// what somebody says: who is late?
bool is_room_of_who(const std::string& rest) {
  if (rest.starts_with('"')) return true;
  return rest.find_first_of(" \t") == std::string::npos && base::is_words(rest);
}

absl::StatusOr<ConsoleCommand> parse_who(const std::string& rest) {
  if (rest.empty()) return Who{};
  if (!is_room_of_who(rest)) {
    return invalid("write who, or who ROOM; a room of several words stands in quotes: who \"R S\"");
  }
  absl::StatusOr<std::string> room = parse_room(rest);
  if (!room.ok()) return room.status();
  return Who{*std::move(room)};
}

absl::StatusOr<ConsoleCommand> parse_rooms(const std::string& rest) {
  if (rest.empty() || lowered(rest) == "names") return Rooms{!rest.empty()};
  return invalid("write rooms, or rooms names");
}

absl::StatusOr<ConsoleCommand> parse_say(const std::string& rest) {
  if (rest.empty()) return invalid("write say TEXT, for example: say hello");
  if (absl::Status status = wire::check_text(rest); !status.ok()) return status;
  return SayText{rest};
}

/// Where the name that `rest` begins with ends: after its quotes, or before a blank.
std::size_t end_of_name(const std::string& rest) {
  if (!rest.starts_with('"')) return std::min(rest.find_first_of(" \t"), rest.size());
  std::size_t at = 1;
  while (at < rest.size() && rest[at] != '"') at += rest[at] == '\\' ? 2 : 1;
  return std::min(at + 1, rest.size());
}

absl::StatusOr<ConsoleCommand> parse_msg(const std::string& rest) {
  const std::size_t end = end_of_name(rest);
  TellText tell{rest.substr(0, end), trimmed(rest.substr(end))};
  if (tell.name.empty() || (tell.text.empty() && !lacks_closing_quote(tell.name))) {
    return invalid("write msg NAME TEXT, for example: msg an are you there?");
  }
  absl::StatusOr<std::string> name = parse_name(tell.name);
  if (name.ok()) name = wire::normal_name(*name);
  if (!name.ok()) return name.status();
  tell.name = *std::move(name);
  if (absl::Status status = wire::check_text(tell.text); !status.ok()) return status;
  return tell;
}

absl::StatusOr<ConsoleCommand> parse_host_words(const std::string& word, const std::string& rest) {
  if (rest.empty()) {
    const std::string arguments = find_word(word)->arguments;
    return invalid("write " + word + " " + arguments.substr(0, arguments.find(" [")) +
                   "; it is for hosts");
  }
  std::string words = word + " " + rest;
  if (absl::Status status = wire::check_text(words); !status.ok()) return status;
  return HostWords{std::move(words)};
}

absl::StatusOr<ConsoleCommand> parse_history(const std::string& rest) {
  if (rest.empty()) return ShowHistory{};
  ShowHistory history;
  const char* const end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, history.most);
  if (error != std::errc() || stop != end || history.most < 1 ||
      history.most > wire::kMaxTextsAsked) {
    return invalid("write history, or history N with N from 1 to 100");
  }
  return history;
}

absl::StatusOr<ConsoleCommand> parse_record(const std::string& rest) {
  if (rest.empty()) return invalid("write record PATH, for example: record calls; or record off");
  if (lowered(rest) == "off") return RecordCall{};
  return RecordCall{rest};
}

bool is_stage_word(const std::string& word) {
  return word == "echo" || word == "noise" || word == "gain" || word == "activation";
}

absl::StatusOr<ConsoleCommand> parse_play(const std::string& rest) {
  if (rest.empty()) return invalid("write play PATH, for example: play horn.wav; or play off");
  if (lowered(rest) == "off") return PlayFile{};
  return PlayFile{rest};
}

absl::StatusOr<ConsoleCommand> parse_stages(const std::string& word, const std::string& rest) {
  SetStages out;
  if (rest.empty()) return out;
  const std::string how = lowered(rest);
  absl::Status status;
  const auto take = [&status](auto&& parsed, auto& to) {
    if (parsed.ok()) to = *parsed;
    status = parsed.status();
  };
  if (word == "echo") take(parse_echo(how), out.change.echo);
  if (word == "noise") take(parse_noise(how), out.change.noise);
  if (word == "gain") take(parse_gain(how), out.change.gain);
  if (word == "activation") take(parse_activation(how), out.change.activation);
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<ConsoleCommand> parse_loopback(const std::string& rest) {
  if (rest.empty()) return HearSelf{};
  const std::string how = lowered(rest);
  if (how != "on" && how != "off") return invalid("write loopback on, or loopback off");
  return HearSelf{how == "on"};
}

absl::StatusOr<ConsoleCommand> parse_bare(const std::string& word) {
  if (word == "mute" || word == "unmute") return MuteSelf{word == "mute"};
  if (word == "deafen" || word == "undeafen") return DeafenSelf{word == "deafen"};
  if (word == "new") return MakeRoom{};
  if (word == "forget") return ForgetAll{};
  if (word == "claim") return ClaimName{};
  if (word == "pair") return PairDevice{};
  if (word == "talk" || word == "hush") return PushToTalk{word == "talk"};
  if (word == "stats") return ShowStats{};
  if (word == "levels") return ShowLevels{};
  if (word == "devices") return Devices{};
  if (word == "help" || word == "?") return Help{};
  if (word == "stop" || word == "quit" || word == "exit") return Stop{};
  return unknown(word);
}

}  // namespace

absl::StatusOr<ConsoleCommand> parse_command(const std::string& line) {
  const std::string text = trimmed(line);
  if (text.empty()) return Nothing{};
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  std::string word = lowered(text.substr(0, end));
  if (word.size() > 1 && word.front() == '/') word.erase(0, 1);  // a habit from other programs
  const std::string rest = trimmed(text.substr(end));
  if (word == "volume") return parse_volume(rest);
  if (word == "ignore" || word == "unignore") return parse_ignore(word, rest);
  if (word == "join") return parse_join(rest);
  if (word == "say") return parse_say(rest);
  if (word == "msg") return parse_msg(rest);
  if (word == "who") return parse_who(rest);
  if (word == "rooms") return parse_rooms(rest);
  if (word == "input" || word == "output") return ChooseSound{word == "input", rest};
  if (word == "play") return parse_play(rest);
  if (word == "record") return parse_record(rest);
  if (word == "loopback") return parse_loopback(rest);
  if (word == "history") return parse_history(rest);
  if (is_stage_word(word)) return parse_stages(word, rest);
  const bool mutes_another = (word == "mute" || word == "unmute") && !rest.empty();
  if (is_host_word(word) || mutes_another) return parse_host_words(word, rest);
  absl::StatusOr<ConsoleCommand> command = parse_bare(word);
  if (command.ok() && !rest.empty()) return invalid(word + " stands alone: nothing comes after it");
  return command;
}

namespace {

/// Whether `rest` can only have been meant as what `word` takes, though it is none of that:
/// history 500, noise loud. More words are rather what somebody says: noise is what I hear.
bool is_ill_chosen(const std::string& word, const std::string& rest) {
  const ConsoleWord* const found = find_word(word);
  if (found == nullptr || rest.empty() || rest.find_first_of(" \t") != std::string::npos) {
    return false;
  }
  const std::vector<Argument> arguments = arguments_of(*found);
  if (arguments.empty()) return false;
  const ArgumentKind kind = arguments.front().kind;
  return kind == ArgumentKind::kNumber || kind == ArgumentKind::kChoice ||
         kind == ArgumentKind::kItself;
}

/// Whether `word` is a slip of the fingers for `meant`, and not, as hello is for help, a word of
/// its own.
bool is_slip(const std::string& word, const std::string& meant) {
  return is_word_for_stop(word) || base::edit_distance(word, meant) <= 1 ||
         std::ranges::is_permutation(word, meant);
}

}  // namespace

std::optional<std::string> plain_text(const std::string& line) {
  const std::string text = trimmed(line);
  if (text.empty() || text.starts_with('/')) return std::nullopt;
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string word = lowered(text.substr(0, end));
  const std::string rest = trimmed(text.substr(end));
  if (needs_arguments(word) || is_ill_chosen(word, rest)) return std::nullopt;
  const bool stands_alone = end == text.size();
  if (parse_command(word).ok()) {
    return stands_alone || parse_command(text).ok() ? std::nullopt : std::optional(text);
  }
  const std::string meant = closest_word(word);
  if (meant.empty() || (!stands_alone && !needs_arguments(meant))) return text;
  return is_slip(word, meant) ? std::nullopt : std::optional(text);
}

}  // namespace comcat::client
