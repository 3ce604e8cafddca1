#include "comcat/client/line_history.h"

#include <algorithm>

#include "comcat/base/private_file.h"
#include "comcat/base/shared_file.h"
#include "comcat/base/text.h"
#include "comcat/client/words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace comcat::client {
namespace {

constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;

bool may_be_shown(const std::string& line) {
  return !line.empty() && line.size() <= LineHistory::kMaxLineBytes &&
         base::is_safe_text(line, base::Joiners::kKept);
}

/// The word that `line` begins with, in small letters and without a slash.
std::string first_word(const std::string& line) {
  std::string word = absl::AsciiStrToLower(std::string(absl::StripLeadingAsciiWhitespace(line)));
  word.resize(std::min(word.find_first_of(" \t"), word.size()));
  return word.starts_with('/') ? word.substr(1) : word;
}

}  // namespace

std::vector<std::string> parse_line_history(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  std::erase_if(lines, [](const std::string& line) { return !may_be_shown(line); });
  if (lines.size() > LineHistory::kMostLines) {
    lines.erase(lines.begin(), lines.end() - LineHistory::kMostLines);
  }
  return lines;
}

std::vector<std::string> LineHistory::load() {
  if (options_.directory.empty()) return {};
  const auto text = base::read_private_file(path(), kMaxFileBytes);
  note(text.status());
  return text.ok() ? parse_line_history(text->value_or("")) : std::vector<std::string>{};
}

bool LineHistory::may_keep(const std::string& line) const {
  return may_be_shown(line) && line != last_ && first_word(line) != "msg" &&
         std::ranges::none_of(options_.secrets, [&](const std::string& secret) {
           return line.find(secret) != std::string::npos;
         });
}

void LineHistory::keep_out(const std::string& secret) {
  if (!secret.empty()) options_.secrets.push_back(secret);
}

void LineHistory::add(const std::string& line) {
  if (failed_ || options_.directory.empty() || !may_keep(line)) return;
  last_ = line;
  note(append(line));
}

absl::Status LineHistory::append(const std::string& line) {
  const auto file = base::SharedFile::open(path(), base::SharedFile::Access::kAppend);
  if (!file.ok()) return file.status();
  if (added_++ % kSlack != 0) return file->append(line + "\n");
  const absl::StatusOr<std::string> text = file->read(kMaxFileBytes);
  if (!text.ok()) return text.status();
  std::vector<std::string> lines = parse_line_history(*text + "\n" + line);
  return file->replace(absl::StrJoin(lines, "\n") + "\n");
}

void LineHistory::note(const absl::Status& status) {
  if (status.ok()) return;
  failed_ = true;
  if (options_.tell) {
    options_.tell(std::string(status.message()) +
                  "; what you type is not remembered beyond this run");
  }
}

}  // namespace comcat::client
