#pragma once

#include <cwchar>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace comcat::client {

/// What comes from a terminal that brackets pastes (xterm's mode 2004).
struct PastedText {
  std::string text;  // as it came; at most TerminalKeys::kMaxPasteBytes
};
using TerminalInput = std::variant<wchar_t, PastedText>;

/// Keys and pastes out of a terminal's bytes, in the locale's encoding. Malformed bytes are passed
/// over. Threads: one.
class TerminalKeys {
 public:
  static constexpr std::size_t kMaxPasteBytes = 64 * 1024;  // what is beyond is dropped

  void feed(char byte);
  [[nodiscard]] std::optional<TerminalInput> take();

 private:
  void feed_paste(char byte);
  void give(const std::string& bytes);

  std::deque<TerminalInput> ready_;
  std::string held_;  // may become the beginning or the end of a paste
  std::optional<std::string> paste_;
  std::mbstate_t state_{};
};

/// The lines of a paste that say something: line breaks of any system, tabs as four spaces, no
/// other control characters.
[[nodiscard]] std::vector<std::string> lines_of_paste(const std::string& text);

/// The console's command that says `line`, which may already be one.
[[nodiscard]] std::string say_command(const std::string& line);

}  // namespace comcat::client
