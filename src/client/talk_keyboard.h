#pragma once

#include <atomic>
#include <functional>

#include "comcat/client/console.h"

#include "held_keys.h"
#include "talk_toggle.h"
#include "terminal_keys.h"

namespace comcat::client {

/// The key for talking, on the terminal that is standard input and output: while it is of use, the
/// terminal is asked to tell when it is let go.
///
/// Threads    wish() any; the rest the console's. `on_press` is called within take() and release().
class TalkKeyboard {
 public:
  using OnPress = std::function<void(Console::TalkPress)>;

  explicit TalkKeyboard(OnPress on_press) : on_press_(std::move(on_press)) {}

  /// Whether the key is of use now; true where that is new, and follow() is to be called.
  [[nodiscard]] bool wish(bool wanted) { return wanted_.exchange(wanted) != wanted; }
  /// Tells the terminal.
  void follow();

  /// True where `input` was the key, or what the terminal answered.
  [[nodiscard]] bool take(const TerminalInput& input);

  /// The terminal will be another's: it is as it was, what it still has to answer is waited for a
  /// moment, by way of `keys`, and nobody holds the key any more.
  void release(TerminalKeys& keys);
  /// It is ours again.
  void acquire();

 private:
  const OnPress on_press_;
  std::atomic<bool> wanted_{false};
  HeldKeys held_keys_;
  TalkToggle toggle_;
  bool is_down_ = false;
};

}  // namespace comcat::client
