#include "comcat/server/rooms_file.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "comcat/base/text.h"
#include "comcat/base/unicode.h"
#include "comcat/wire/limits.h"

namespace comcat::server {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::size_t kMostPeople = 100'000;

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

/// The next word of `rest`, without its quotes, which may begin after a = in it; nothing where
/// there is none any more.
absl::StatusOr<std::optional<std::string>> take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  if (rest.empty() || rest.front() == '#') return std::nullopt;
  std::string word;
  const std::size_t begin = rest.find_first_of(std::string("\"") + std::string(kBlanks));
  const bool is_quoted =
      begin < rest.size() && rest[begin] == '"' && (begin == 0 || rest[begin - 1] == '=');
  if (!is_quoted) {
    const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
    word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
  }
  const std::size_t end = rest.find('"', begin + 1);
  if (end == std::string_view::npos) return invalid("a quote has no end");
  word = std::string(rest.substr(0, begin)) + std::string(rest.substr(begin + 1, end - begin - 1));
  rest.remove_prefix(end + 1);
  if (!rest.empty() && kBlanks.find(rest.front()) == std::string_view::npos) {
    return invalid("after a quote there must be a space");
  }
  return word;
}

absl::Status set_rule(const std::string& word, RoomRules& rules) {
  const std::size_t equals = word.find('=');
  const std::string key = word.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
  if (key == "passcode") {
    if (absl::Status status = wire::check_passcode(value); !status.ok()) return status;
    rules.passcode.emplace(value);
  } else if (key == "most") {
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, rules.most_people);
    if (error != std::errc() || stop != end || rules.most_people < 1 ||
        rules.most_people > kMostPeople) {
      return invalid("write most=N with N from 1 to " + std::to_string(kMostPeople));
    }
  } else if (key == "texts" && value == "hosts") {
    rules.texts_for_hosts = true;
  } else {
    return invalid(
        "after a room's name come passcode=PASSCODE, most=N or texts=hosts, and a name "
        "of several words stands in double quotes");
  }
  return absl::OkStatus();
}

/// Nothing for a line without a room.
absl::StatusOr<std::optional<LastingRoom>> parse_line(std::string_view line) {
  absl::StatusOr<std::optional<std::string>> word = take_word(line);
  if (!word.ok()) return word.status();
  if (!*word) return std::nullopt;
  absl::StatusOr<std::string> name = wire::normal_name(**word, "room");
  if (!name.ok()) return name.status();
  LastingRoom room{*std::move(name), {}};
  room.rules.lasts = true;
  for (word = take_word(line); word.ok() && *word; word = take_word(line)) {
    if (absl::Status status = set_rule(**word, room.rules); !status.ok()) return status;
  }
  if (!word.ok()) return word.status();
  return room;
}

}  // namespace

absl::StatusOr<std::vector<LastingRoom>> parse_rooms_file(std::string_view text,
                                                          const std::string& file) {
  std::vector<LastingRoom> rooms;
  std::set<std::string> keys;
  int number = 0;
  const auto wrong = [&](const std::string& sentence) {
    return invalid(base::safe_text(file) + ":" + std::to_string(number) + ": " + sentence);
  };
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    absl::StatusOr<std::optional<LastingRoom>> room = parse_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!room.ok()) return wrong(std::string(room.status().message()));
    if (!*room) continue;
    if (!keys.insert(base::comparison_key((*room)->name)).second) {
      return wrong("the room " + (*room)->name + " is there already");
    }
    if (rooms.size() == kMaxLastingRooms) {
      return wrong("there may be no more than " + std::to_string(kMaxLastingRooms) + " rooms");
    }
    rooms.push_back(**std::move(room));
  }
  return rooms;
}

}  // namespace comcat::server
