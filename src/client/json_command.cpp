#include "comcat/client/json_command.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "comcat/base/text.h"
#include "comcat/client/words.h"

#include "absl/strings/str_replace.h"

namespace comcat::client {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 128;
constexpr std::int64_t kMaxId = std::int64_t{1} << 53;  // what every reader of JSON keeps whole

absl::Status invalid(const std::string& sentence) {
  return absl::InvalidArgumentError(sentence);
}

std::string shown(const std::string& name) {
  return "\"" + base::safe_text(name, 40) + "\"";
}

/// Whether `value` may be an id; nothing where it may not.
std::optional<Value> id_of(const json& value) {
  if (value.is_number_integer()) {
    const bool fits = value.is_number_unsigned() ? value.get<std::uint64_t>() <= kMaxId
                                                 : value.get<std::int64_t>() >= -kMaxId;
    return fits ? std::optional<Value>(value.get<std::int64_t>()) : std::nullopt;
  }
  if (!value.is_string() || value.get_ref<const std::string&>().size() > kMaxIdBytes) {
    return std::nullopt;
  }
  return value.get<std::string>();
}

/// What an argument has to be, in words.
std::string wanted(const Argument& argument) {
  switch (argument.kind) {
    case ArgumentKind::kNumber:
      return "a whole number";
    case ArgumentKind::kItself:
      return "true or false";
    case ArgumentKind::kWord:
    case ArgumentKind::kChoice:
      return "a text without blanks";
    default:
      return "a text";
  }
}

/// `value` as it is typed; nothing where it cannot be.
std::optional<std::string> typed(const Argument& argument, const json& value) {
  if (argument.kind == ArgumentKind::kItself) {
    if (!value.is_boolean()) return std::nullopt;
    return value.get<bool>() ? argument.name : "";
  }
  if (argument.kind == ArgumentKind::kNumber) {
    return value.is_number_integer() ? std::optional(value.dump()) : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  const bool is_rest = argument.kind == ArgumentKind::kText ||
                       argument.kind == ArgumentKind::kPath ||
                       argument.kind == ArgumentKind::kDevice;
  if (is_rest) return text;
  if (argument.kind == ArgumentKind::kWord || argument.kind == ArgumentKind::kChoice) {
    const bool is_word = !text.empty() && text.find_first_of(" \t\r\n\"") == std::string::npos;
    return is_word ? std::optional(text) : std::nullopt;
  }
  return "\"" + absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}) + "\"";
}

/// The line that means the same as `fields`.
absl::StatusOr<std::string> line_of(const ConsoleWord& word, const json& fields) {
  const std::vector<Argument> arguments = arguments_of(word);
  for (const auto& [key, value] : fields.items()) {
    const bool known = key == "command" || key == "id" ||
                       std::ranges::find(arguments, key, &Argument::name) != arguments.end();
    if (!known) return invalid(std::string(word.word) + " has no field " + shown(key));
  }
  std::string line = word.word;
  for (const Argument& argument : arguments) {
    const auto found = fields.find(argument.name);
    if (found == fields.end()) continue;  // parse_command() knows what is needed
    const std::optional<std::string> text = typed(argument, *found);
    if (!text) return invalid(argument.name + " has to be " + wanted(argument));
    if (text->empty()) continue;
    if (!argument.keyword.empty()) line += " " + argument.keyword;
    line += " " + *text;
  }
  return line;
}

absl::StatusOr<ConsoleCommand> command_of(const json& fields) {
  const auto found = fields.find("command");
  if (found == fields.end() || !found->is_string()) {
    return invalid("a command as JSON has a field command, and the word is its text");
  }
  const ConsoleWord* const word = find_word(found->get_ref<const std::string&>());
  if (word == nullptr) return invalid(shown(found->get<std::string>()) + " is no command");
  const absl::StatusOr<std::string> line = line_of(*word, fields);
  if (!line.ok()) return line.status();
  return parse_command(*line);
}

}  // namespace

bool is_json(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return false;
  return std::string_view("{[\"").find(line[begin]) != std::string_view::npos ||
         line.find("\"command\"") != std::string::npos || json::accept(line);
}

JsonCommand parse_json_command(const std::string& line) {
  const json fields = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!fields.is_object()) return {invalid("this line is no JSON object on a line of its own"), {}};
  JsonCommand out{command_of(fields), {}};
  if (const auto found = fields.find("id"); found != fields.end()) {
    out.id = id_of(*found);
    if (!out.id) out.command = invalid("id has to be a whole number up to 2^53, or a short text");
  }
  return out;
}

}  // namespace comcat::client
