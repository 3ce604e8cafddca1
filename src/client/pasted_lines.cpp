#include "pasted_lines.h"

#include <utility>

#include "terminal_keys.h"

namespace comcat::client {

void PastedLines::ask(const std::vector<std::string>& lines) {
  lines_.assign(lines.begin(), lines.end());
  asking_ = true;
}

std::string PastedLines::question() const {
  return "say the " + std::to_string(lines_.size()) + " lines that were pasted? (y/n) ";
}

std::optional<bool> PastedLines::answer(wchar_t key) {
  const bool say = key == L'y' || key == L'Y';
  if (!say && key != L'n' && key != L'N') return std::nullopt;
  asking_ = false;
  if (!say) lines_.clear();
  return say;
}

std::string PastedLines::take() {
  std::string line = say_command(lines_.front());
  lines_.pop_front();
  return line;
}

std::string PastedLines::drop() {
  const std::size_t count = lines_.size();
  lines_.clear();
  if (std::exchange(asking_, false) || count == 0) return "";
  return "not sent: the " + std::to_string(count) + " lines that were still to come\n";
}

}  // namespace comcat::client
