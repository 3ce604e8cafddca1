#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "comcat/base/secret.h"

namespace comcat::client {

/// A line that is typed and not shown, such as a passcode. Threads: one at a time.
class SecretLine {
 public:
  enum class State { kTyping, kDone, kGivenUp };

  SecretLine() = default;
  ~SecretLine() { base::wipe(text_); }
  SecretLine(const SecretLine&) = delete;
  SecretLine& operator=(const SecretLine&) = delete;

  /// Of Enter, Backspace, Ctrl+U and Ctrl+D each does what it always does; other keys that write
  /// nothing do nothing.
  State take(wchar_t key) {
    constexpr wchar_t kCtrlD = 4;
    constexpr wchar_t kBackspace = 8;
    constexpr wchar_t kCtrlU = 21;
    constexpr wchar_t kDelete = 127;
    if (key == L'\r' || key == L'\n') return State::kDone;
    if (key == kCtrlD) return State::kGivenUp;
    if (key == kCtrlU) text_.clear();
    if ((key == kBackspace || key == kDelete) && !text_.empty()) text_.pop_back();
    if (key >= L' ' && key != kDelete) text_ += key < kDelete ? static_cast<char>(key) : kForeign;
    return State::kTyping;
  }
  void paste(std::string_view text) { text_ += text; }

  [[nodiscard]] std::string take_text() { return std::exchange(text_, {}); }

 private:
  /// In place of what no passcode holds: none of them is ASCII, and what is typed is then wrong.
  static constexpr char kForeign = '\x01';

  std::string text_;
};

}  // namespace comcat::client
