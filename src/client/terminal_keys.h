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
  std::string text;  // as it came; "" where that is more than TerminalKeys::kMaxPasteBytes
  bool too_long = false;
};
/// The key for talking: pressed, or let go, where the terminal tells that (kitty's protocol).
struct TalkKey {
  bool pressed = true;
};
/// What a terminal that was asked answers: that it knows kitty's keyboard protocol, or what kind it
/// is.
struct TerminalAnswer {
  bool of_keyboard = false;
};
using TerminalInput = std::variant<wchar_t, PastedText, TalkKey, TerminalAnswer>;

/// Keys and pastes out of a terminal's bytes, in the locale's encoding. Malformed bytes are passed
/// over. Where the terminal tells of keys that are let go, or go on, and of locks, all other keys
/// come as they would without that. Threads: one.
class TerminalKeys {
 public:
  static constexpr std::size_t kMaxPasteBytes = 64 * 1024;  // of a longer one nothing is taken

  /// `talk_key`: the number of a function key, as terminals send it (F8: 19); 0: none.
  explicit TerminalKeys(int talk_key = 0) : talk_key_(talk_key) {}

  void feed(char byte);
  [[nodiscard]] std::optional<TerminalInput> take();

 private:
  void feed_paste(char byte);
  void take_sequence(const std::string& sequence);
  void give(const std::string& bytes);

  const int talk_key_;
  std::deque<TerminalInput> ready_;
  std::string held_;  // may become a sequence, or the end of a paste
  std::optional<PastedText> paste_;
  std::mbstate_t state_{};
};

/// The lines of a paste that say something: line breaks of any system, tabs as four spaces, no
/// other control characters.
[[nodiscard]] std::vector<std::string> lines_of_paste(const std::string& text);

/// The console's command that says `line`, which may already be one.
[[nodiscard]] std::string say_command(const std::string& line);

}  // namespace comcat::client
