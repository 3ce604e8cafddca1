#pragma once

#include <chrono>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::client {

/// A key that is pressed, and pressed again, by a terminal that does not tell when it is let go:
/// while it is held, the terminal repeats it.
/// Threads: one.
class TalkToggle {
 public:
  /// Longer than it takes until a key that is held is repeated, and than between two repetitions.
  static constexpr std::chrono::milliseconds kHeld{700};

  /// True where it has been pressed, and is not just held.
  [[nodiscard]] bool press(base::Time now) {
    const bool held = last_ && now - *last_ < kHeld;
    last_ = now;
    return !held;
  }

 private:
  std::optional<base::Time> last_;
};

}  // namespace comcat::client
