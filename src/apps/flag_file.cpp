#include "flag_file.h"

#include <algorithm>
#include <cstddef>

#include "comcat/base/text.h"

#include "absl/strings/str_replace.h"
#include "text_file.h"

namespace comcat::apps {
namespace {

using Words = std::vector<std::string>;

constexpr int kMaxDepth = 8;
constexpr const char* kBlank = " \t\r\v\f";

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(by, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_comment(std::string_view text) {
  return text.starts_with('#') || text.starts_with("//");
}

/// `text`, which stands in the middle of a line, up to a # after white space, and trimmed.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    const bool is_first = at == 0;
    if (!is_first && std::string_view(kBlank).find(text[at - 1]) != std::string_view::npos) {
      return trimmed(text.substr(0, at));
    }
  }
  return trimmed(text);
}

absl::StatusOr<std::string> parse_value(std::string_view text) {
  const std::string_view value = trimmed(text);
  if (value.empty() || (value.front() != '"' && value.front() != '\'')) {
    return std::string(without_comment(text));
  }
  const std::size_t end = value.find(value.front(), 1);
  if (end == std::string_view::npos) return absl::InvalidArgumentError("its quote has no end");
  if (!without_comment(value.substr(end + 1)).empty()) {
    return absl::InvalidArgumentError("after the quoted value there is more");
  }
  return std::string(value.substr(1, end - 1));
}

/// A trimmed line that is no comment, as one word.
absl::StatusOr<std::string> parse_line(std::string_view line) {
  if (line.front() != '-') {
    return absl::InvalidArgumentError("it begins without dashes; write --flag=VALUE");
  }
  const std::size_t end = line.find_first_of(std::string("=") + kBlank);
  const std::string flag(line.substr(0, end));
  if (end == std::string_view::npos) return flag;
  const bool is_written_with_equals = line[end] == '=';
  const std::string_view rest = line.substr(is_written_with_equals ? end + 1 : end);
  if (!is_written_with_equals && without_comment(rest).empty()) return flag;
  if (!is_written_with_equals && trimmed(rest).front() == '=') {
    return absl::InvalidArgumentError("there is a blank before the =; write --flag=VALUE");
  }
  const absl::StatusOr<std::string> value = parse_value(rest);
  if (!value.ok()) return value.status();
  return flag + "=" + *value;
}

/// The value of a --flagfile at words[at], which goes on to its last word; nullptr for another.
const std::string* flag_file_value(const Words& words, std::size_t& at, std::string& value) {
  const std::string& word = words[at];
  const std::size_t dashes = std::min(word.find_first_not_of('-'), word.size());
  const std::string_view flag = std::string_view(word).substr(dashes);
  if (dashes == 0 || dashes > 2 || !flag.starts_with("flagfile")) return nullptr;
  if (flag == "flagfile" && at + 1 < words.size()) return &words[++at];
  if (!flag.starts_with("flagfile=")) return nullptr;
  value = flag.substr(flag.find('=') + 1);
  return &value;
}

absl::Status expand(const Words& words, int depth, Words& out) {
  if (depth > kMaxDepth) return absl::InvalidArgumentError("a flag file reads itself");
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "--") {
      out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
      break;
    }
    std::string storage;
    const std::string* const files = flag_file_value(words, at, storage);
    if (files == nullptr) {
      out.push_back(words[at]);
      continue;
    }
    for (const std::string_view path : split(*files, ',')) {
      const absl::StatusOr<Words> inner = flags_of_file(std::string(path));
      if (!inner.ok()) return inner.status();
      if (absl::Status status = expand(*inner, depth + 1, out); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Words> parse_flag_file(std::string_view text, const std::string& name) {
  Words out;
  int number = 0;
  const std::string lines = absl::StrReplaceAll(std::string(text), {{"\r\n", "\n"}, {"\r", "\n"}});
  for (const std::string_view raw : split(lines, '\n')) {
    ++number;
    const std::string_view line = trimmed(raw);
    if (line.empty() || is_comment(line)) continue;
    absl::StatusOr<std::string> word = parse_line(line);
    if (!word.ok()) {
      return absl::InvalidArgumentError(
          "line " + std::to_string(number) + " of the flag file " + base::safe_text(name) +
          " is not understood: " + std::string(word.status().message()));
    }
    out.push_back(*std::move(word));
  }
  return out;
}

absl::StatusOr<Words> flags_of_file(const std::string& path) {
  const absl::StatusOr<std::string> text = read_text_file(path);
  if (!text.ok()) {
    return absl::InvalidArgumentError("cannot read the flag file " + base::safe_text(path) + ": " +
                                      std::string(text.status().message()));
  }
  return parse_flag_file(*text, path);
}

absl::StatusOr<Words> expand_flag_files(const Words& words) {
  Words out;
  if (absl::Status status = expand(words, 0, out); !status.ok()) return status;
  return out;
}

}  // namespace comcat::apps
