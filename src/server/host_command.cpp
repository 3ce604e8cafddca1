#include "comcat/server/host_command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "comcat/base/text.h"
#include "comcat/server/ban_list.h"
#include "comcat/wire/limits.h"

namespace comcat::server {
namespace {

using std::chrono::seconds;

constexpr std::size_t kShownBytes = 40;  // of what was typed, in sentences
constexpr seconds kLongest = std::chrono::days(3650);

struct Word {
  const char* usage;
  const char* meaning;
};

constexpr std::array kWords{
    Word{"rooms", "the rooms, and how many are in each"},
    Word{"who [ROOM]", "who is there, since when and from where"},
    Word{"kick NAME [in ROOM] [for 10m] [because TEXT]",
         "out of the call; for a time, nobody from that address comes back"},
    Word{"ban NAME|ADDRESS|KEY [in ROOM] [for 7d] [because TEXT]",
         "nobody from that address or device comes in, restarts or not"},
    Word{"unban ADDRESS|KEY", "they may come in again"},
    Word{"bans", "the addresses and devices that are banned"},
    Word{"mute NAME [in ROOM]", "nobody hears them until a host unmutes them"},
    Word{"unmute NAME [in ROOM]", "they are heard again"},
    Word{"close ROOM [because TEXT]", "everyone in the room out of the call"},
    Word{"release NAME", "a claimed name is free again"},
    Word{"say TEXT", "a line of text to everyone in every room"},
    Word{"stats [ROOM]", "callers, rooms and frames; of a room, how many are in it"},
    Word{"nodes", "the servers of the cluster: version, address, load, rooms, people, age"},
    Word{"drain", "tell everyone, and end the server as SIGTERM does"},
    Word{"help", "this list"},
};

struct Unit {
  char letter;
  seconds length;
};
constexpr std::array kUnits{Unit{'d', std::chrono::days(1)}, Unit{'h', std::chrono::hours(1)},
                            Unit{'m', std::chrono::minutes(1)}, Unit{'s', seconds(1)}};

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

std::string shown(std::string_view typed) {
  return base::safe_text(std::string(typed), kShownBytes);
}

/// The words of a line, one after the other.
class Words {
 public:
  explicit Words(std::string_view line) : left_(line) { skip_blanks(); }

  [[nodiscard]] bool done() const { return left_.empty(); }
  /// All that is left, as it was typed.
  [[nodiscard]] std::string rest() const { return std::string(left_); }

  /// The next word, or what stands between quotes; "" at the end, or where a quote has no end.
  std::string next() {
    if (left_.starts_with('"')) return quoted();
    const std::size_t end = std::min(left_.find_first_of(" \t"), left_.size());
    return take(end, 0);
  }
  /// Takes the next word if it is `word`.
  bool take_if(std::string_view word) {
    Words ahead = *this;
    if (ahead.next() != word) return false;
    *this = ahead;
    return true;
  }
  std::string take_rest() {
    while (left_.ends_with(' ') || left_.ends_with('\t')) left_.remove_suffix(1);
    return std::string(std::exchange(left_, {}));
  }

 private:
  std::string quoted() {
    std::string out;
    for (std::size_t i = 1; i < left_.size(); ++i) {
      if (left_[i] == '"') {
        left_.remove_prefix(i + 1);
        skip_blanks();
        return out;
      }
      if (left_[i] == '\\' && i + 1 < left_.size()) ++i;
      out += left_[i];
    }
    left_ = {};
    return {};
  }
  std::string take(std::size_t size, std::size_t more) {
    std::string out(left_.substr(0, size));
    left_.remove_prefix(size + more);
    skip_blanks();
    return out;
  }
  void skip_blanks() {
    left_.remove_prefix(std::min(left_.find_first_not_of(" \t\r\n"), left_.size()));
  }

  std::string_view left_;
};

absl::StatusOr<seconds> parse_time(const std::string& typed) {
  const absl::Status usage =
      invalid("a time is written as 30s, 10m, 2h or 7d, not \"" + shown(typed) + "\"");
  std::uint32_t count = 0;
  const char* const end = typed.data() + typed.size();
  const auto [stop, error] = std::from_chars(typed.data(), end, count);
  if (error != std::errc() || end - stop != 1 || count == 0) return usage;
  const auto* const unit = std::ranges::find(kUnits, *stop, &Unit::letter);
  if (unit == kUnits.end()) return usage;
  if (count > kLongest / unit->length) return invalid("the longest time is 3650d");
  return count * unit->length;
}

absl::StatusOr<std::string> parse_name(const std::string& typed, const char* what) {
  if (typed.empty()) return invalid("here a " + std::string(what) + " is missing; see help");
  return wire::normal_name(typed, what);
}

absl::StatusOr<std::string> parse_because(Words& words) {
  if (!words.take_if("because")) return "";
  std::string text = words.take_rest();
  if (absl::Status status = wire::check_text(text); !status.ok()) return status;
  return text;
}

absl::Status nothing_more(const Words& words) {
  if (words.done()) return absl::OkStatus();
  return invalid("\"" + shown(words.rest()) +
                 "\" is too much; a name of several words stands in quotes, and help lists what "
                 "there is");
}

/// What may come after a person or a room, in this order.
struct Rest {
  std::string room;
  std::optional<seconds> for_time;
  std::string because;
};

absl::StatusOr<Rest> parse_rest(Words& words, bool with_room, bool with_time, bool with_because) {
  Rest rest;
  if (with_room && words.take_if("in")) {
    absl::StatusOr<std::string> room = parse_name(words.next(), "room");
    if (!room.ok()) return room.status();
    rest.room = *std::move(room);
  }
  if (with_time && words.take_if("for")) {
    const absl::StatusOr<seconds> time = parse_time(words.next());
    if (!time.ok()) return time.status();
    rest.for_time = *time;
  }
  if (with_because) {
    absl::StatusOr<std::string> because = parse_because(words);
    if (!because.ok()) return because.status();
    rest.because = *std::move(because);
  }
  if (absl::Status status = nothing_more(words); !status.ok()) return status;
  return rest;
}

absl::StatusOr<HostCommand> parse_kick(Words& words) {
  absl::StatusOr<std::string> name = parse_name(words.next(), "name");
  if (!name.ok()) return name.status();
  absl::StatusOr<Rest> rest = parse_rest(words, true, true, true);
  if (!rest.ok()) return rest.status();
  return KickPerson{
      {*std::move(name), std::move(rest->room)}, rest->for_time, std::move(rest->because)};
}

absl::StatusOr<HostCommand> parse_ban(Words& words) {
  const std::string typed = words.next();
  BanAddress ban;
  if (std::optional<std::string> address = normal_address(typed)) {
    ban.address = *std::move(address);
  } else {
    absl::StatusOr<std::string> name = parse_name(typed, "name");
    if (!name.ok()) return name.status();
    ban.whom.name = *std::move(name);
  }
  absl::StatusOr<Rest> rest = parse_rest(words, ban.address.empty(), true, true);
  if (!rest.ok()) return rest.status();
  ban.whom.room = std::move(rest->room);
  ban.for_time = rest->for_time;
  ban.because = std::move(rest->because);
  return ban;
}

absl::StatusOr<HostCommand> parse_unban(Words& words) {
  std::optional<std::string> address = normal_address(words.next());
  if (!address) return invalid("write unban ADDRESS or unban KEY, as bans lists them");
  if (absl::Status status = nothing_more(words); !status.ok()) return status;
  return LiftBan{*std::move(address)};
}

absl::StatusOr<HostCommand> parse_mute(Words& words, bool muted) {
  absl::StatusOr<std::string> name = parse_name(words.next(), "name");
  if (!name.ok()) return name.status();
  absl::StatusOr<Rest> rest = parse_rest(words, true, false, false);
  if (!rest.ok()) return rest.status();
  return MutePerson{{*std::move(name), std::move(rest->room)}, muted};
}

absl::StatusOr<HostCommand> parse_close(Words& words) {
  absl::StatusOr<std::string> room = parse_name(words.next(), "room");
  if (!room.ok()) return room.status();
  absl::StatusOr<Rest> rest = parse_rest(words, false, false, true);
  if (!rest.ok()) return rest.status();
  return CloseRoom{*std::move(room), std::move(rest->because)};
}

absl::StatusOr<HostCommand> parse_release(Words& words) {
  absl::StatusOr<std::string> name = parse_name(words.next(), "name");
  if (!name.ok()) return name.status();
  if (absl::Status status = nothing_more(words); !status.ok()) return status;
  return ReleaseName{*std::move(name)};
}

absl::StatusOr<HostCommand> parse_say(Words& words) {
  Announce announce{words.take_rest()};
  if (announce.text.empty()) return invalid("write say TEXT, for example: say back in 5 minutes");
  if (absl::Status status = wire::check_text(announce.text); !status.ok()) return status;
  return announce;
}

/// A command that a room may follow.
template <typename Command>
absl::StatusOr<HostCommand> parse_with_room(Words& words) {
  Command command;
  if (!words.done()) {
    absl::StatusOr<std::string> room = parse_name(words.next(), "room");
    if (!room.ok()) return room.status();
    command.room = *std::move(room);
  }
  if (absl::Status status = nothing_more(words); !status.ok()) return status;
  return command;
}

template <typename Command>
absl::StatusOr<HostCommand> parse_bare(Words& words) {
  if (absl::Status status = nothing_more(words); !status.ok()) return status;
  return Command{};
}

}  // namespace

absl::StatusOr<HostCommand> parse_host_command(std::string_view line) {
  Words words(line);
  const std::string word = words.next();
  if (word == "kick") return parse_kick(words);
  if (word == "ban") return parse_ban(words);
  if (word == "unban") return parse_unban(words);
  if (word == "mute" || word == "unmute") return parse_mute(words, word == "mute");
  if (word == "close") return parse_close(words);
  if (word == "release") return parse_release(words);
  if (word == "say") return parse_say(words);
  if (word == "who") return parse_with_room<ListPeople>(words);
  if (word == "stats") return parse_with_room<ShowFigures>(words);
  if (word == "rooms") return parse_bare<ListAllRooms>(words);
  if (word == "bans") return parse_bare<ListBans>(words);
  if (word == "nodes") return parse_bare<ListNodes>(words);
  if (word == "drain") return parse_bare<DrainServer>(words);
  if (word == "help") return parse_bare<ListWords>(words);
  return invalid("\"" + shown(word) + "\" is nothing that a host can do; help lists what is");
}

std::string host_help() {
  constexpr std::size_t kColumn = 52;
  std::string out;
  for (const Word& word : kWords) {
    std::string left = word.usage;
    left.resize(std::max(left.size(), kColumn), ' ');
    out += left + "  " + word.meaning + "\n";
  }
  out.pop_back();
  return out;
}

std::string in_words(seconds time) {
  for (const Unit& unit : kUnits) {
    if (time >= unit.length && time % unit.length == seconds(0)) {
      return std::to_string(time / unit.length) + unit.letter;
    }
  }
  return "0s";
}

}  // namespace comcat::server
