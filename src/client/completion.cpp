#include "completion.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "comcat/base/unicode.h"
#include "comcat/client/words.h"

#include "absl/strings/ascii.h"
#include "line_text.h"
#include "shown_name.h"

namespace comcat::client {
namespace {

using Names = CompletionQuery::Names;

/// The arguments of a line, one after the other.
class Reader {
 public:
  Reader(std::string_view line, std::size_t at) : line_(line), at_(at) { skip_blanks(); }

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::string rest() const { return std::string(line_.substr(at_)); }
  /// Goes past a whole argument and the blank after it; false where the line ends before.
  bool skip() {
    bool quoted = at_ < line_.size() && line_[at_] == '"';
    std::size_t end = at_ + (quoted ? 1 : 0);
    for (; end < line_.size() && (quoted || line_[end] != ' '); ++end) {
      if (quoted && line_[end] == '\\') {
        ++end;
      } else if (line_[end] == '"') {
        quoted = false;
      }
    }
    if (end >= line_.size()) return false;
    at_ = end;
    skip_blanks();
    return true;
  }

 private:
  void skip_blanks() {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  }
  std::string_view line_;
  std::size_t at_;
};

/// What is typed between quotes, or alone, so far.
std::string without_quote(const std::string& typed) {
  return typed.starts_with('"') ? typed_name(typed + "\"") : typed;
}

CompletionQuery query_for(const Argument& argument, const Reader& at) {
  CompletionQuery query{at.at(), without_quote(at.rest()), {}, Names::kNone, true};
  if (argument.kind == ArgumentKind::kPerson) query.names = Names::kPeople;
  if (argument.kind == ArgumentKind::kRoom) query.names = Names::kRooms;
  if (argument.kind == ArgumentKind::kItself) query.words = {argument.name};
  if (argument.kind == ArgumentKind::kChoice) query.words = argument.choices;
  return query;
}

/// A device, whose name stands without quotes, or what else `word` takes that has no name.
CompletionQuery query_for_device(const ConsoleWord& word, const Reader& at) {
  const bool is_input = std::string_view(word.word) == "input";
  return {at.at(),
          at.rest(),
          {"device", "null"},
          is_input ? Names::kMicrophones : Names::kLoudspeakers,
          false};
}

/// Somebody's name within a text.
CompletionQuery query_in_text(const std::string& line) {
  const std::size_t begin = line.find_last_of(' ') + 1;  // a word and a blank come before it
  return {begin, line.substr(begin), {}, Names::kPeople, false};
}

/// The keywords that may come next: for, because.
CompletionQuery query_for_keywords(const std::vector<Argument>& arguments, std::size_t from,
                                   const Reader& at) {
  CompletionQuery query{at.at(), at.rest(), {}, Names::kNone, false};
  for (std::size_t i = from; i < arguments.size(); ++i) {
    if (!arguments[i].keyword.empty()) query.words.push_back(arguments[i].keyword);
  }
  return query;
}

std::optional<CompletionQuery> query_after(const ConsoleWord& word, const std::string& line,
                                           std::size_t from) {
  const std::vector<Argument> arguments = arguments_of(word);
  Reader reader(line, from);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].kind == ArgumentKind::kPath) return std::nullopt;
    if (arguments[i].kind == ArgumentKind::kDevice) return query_for_device(word, reader);
    if (arguments[i].kind == ArgumentKind::kText && arguments[i].keyword.empty()) {
      return query_in_text(line);
    }
    if (!arguments[i].keyword.empty()) {
      const Reader before = reader;
      if (!reader.skip()) return query_for_keywords(arguments, i, before);
      if (!before.rest().starts_with(arguments[i].keyword + " ")) {
        reader = before;
        continue;
      }
      if (arguments[i].kind == ArgumentKind::kText) return query_in_text(line);
    }
    const Reader before = reader;
    const bool is_last = i + 1 == arguments.size();  // it may have blanks without quotes
    if (is_last || !reader.skip()) return query_for(arguments[i], before);
  }
  return std::nullopt;
}

bool begins_with(const std::string& whole, const std::string& start) {
  return base::comparison_key(whole).starts_with(base::comparison_key(start));
}

/// A name as it is to be typed.
std::string to_type(const std::string& name, bool quoted) {
  const std::string shown = without_isolates(shown_name(name));
  if (shown.starts_with('"')) return shown;
  return quoted || name.find(' ') != std::string::npos ? "\"" + name + "\"" : name;
}

}  // namespace

std::optional<CompletionQuery> completion_query(const std::string& before) {
  const std::size_t begin = std::min(before.find_first_not_of(' '), before.size());
  const std::size_t slash = before.compare(begin, 1, "/") == 0 ? 1 : 0;
  const std::size_t end = before.find(' ', begin);
  if (end == std::string::npos) {
    return CompletionQuery{begin + slash, before.substr(begin + slash), command_words()};
  }
  const std::string typed = before.substr(begin + slash, end - begin - slash);
  const ConsoleWord* const word = find_word(absl::AsciiStrToLower(typed));
  if (word != nullptr) return query_after(*word, before, end);
  return slash == 1 ? std::nullopt : std::optional(query_in_text(before));
}

Completion complete(const std::string& before, const CompletionQuery& query,
                    const std::vector<std::string>& names) {
  const std::string typed = before.substr(query.begin);
  const bool quoted = typed.starts_with('"');
  std::vector<std::string> choices;
  for (const std::string& word : query.words) {
    if (begins_with(word, query.start)) choices.push_back(word);
  }
  for (const std::string& name : names) {
    if (!begins_with(name, query.start)) continue;
    choices.push_back(query.may_be_quoted ? to_type(name, quoted) : name);
  }
  if (choices.empty()) return {typed, {}};
  if (choices.size() == 1) return {choices.front() + " ", {}};
  const std::string common = common_start(choices);
  if (common.size() > typed.size()) return {common, {}};
  std::ranges::sort(choices, {}, typed_name);
  return {typed, std::move(choices)};
}

}  // namespace comcat::client
