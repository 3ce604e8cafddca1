#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::audio {

/// Tells that a sound card has died, from the outside: its thread stops calling.
///
/// Time       look() every kInterval. A gap between two looks that is much longer means that this
///            process was stopped, not the card, and starts the count anew.
/// Threads    one.
class StreamWatch {
 public:
  static constexpr std::chrono::milliseconds kInterval{100};
  static constexpr std::chrono::milliseconds kTimeout{2000};

  enum class State { kRunning, kFinished, kSilent };

  /// `calls` is how often the device has called so far, `finished` whether it said it was done.
  [[nodiscard]] State look(base::Time now, std::uint64_t calls, bool finished);

 private:
  std::optional<base::Time> last_look_;
  base::Time last_call_{};
  std::uint64_t calls_ = 0;
};

}  // namespace comcat::audio
