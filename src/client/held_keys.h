#pragma once

#include <string>

#include "terminal_keys.h"

namespace comcat::client {

/// Whether the terminal tells when a key is let go: kitty's keyboard protocol, of which only the
/// events of keys are asked for (flag 2), so that what is typed comes in the bytes in which it
/// always came. A terminal is asked what it knows, and what kind it is; which one that knows
/// nothing of the protocol answers, too. It is asked, and told, only while somebody wants to know.
///
/// What is returned is to be written to the terminal; mostly "".
/// Threads    one, the console's. Whether it is on is known to the whole process, for the way out
///            in a hurry: see held_keys_off().
class HeldKeys {
 public:
  /// Somebody wants to know, or no longer does.
  [[nodiscard]] std::string want(bool wanted);
  /// What the terminal has answered.
  [[nodiscard]] std::string take(const TerminalAnswer& answer);
  /// The terminal is given to somebody else, or taken again.
  [[nodiscard]] std::string release();
  [[nodiscard]] std::string acquire();

  /// The terminal has been asked, and has not yet answered: that would be for whoever reads next.
  [[nodiscard]] bool is_awaiting() const { return asked_ && !answered_; }
  /// Whether it tells.
  [[nodiscard]] bool are_told() const { return on_; }

 private:
  [[nodiscard]] std::string follow();

  bool wanted_ = false;
  bool holds_terminal_ = true;
  bool asked_ = false;
  bool answered_ = false;
  bool known_ = false;  // the terminal knows the protocol
  bool on_ = false;
};

/// What turns them off where they are on, else "". Async-signal-safe, any thread.
[[nodiscard]] const char* held_keys_off();

}  // namespace comcat::client
