#pragma once

#include <algorithm>
#include <chrono>

#include "comcat/base/clock.h"

namespace comcat::client {

/// When the status line is looked at: once something has happened, but at most 10 times a second,
/// and 5 times a second while there is a level to show. Otherwise never.
/// Threads: one. No clock.
class StatusPace {
 public:
  static constexpr std::chrono::milliseconds kAtLeast{100};
  static constexpr std::chrono::milliseconds kLive{200};

  /// Something may have happened. True where it is to be looked at now.
  [[nodiscard]] bool is_due(base::Time now) {
    if (now >= last_ + kAtLeast) return true;
    next_ = std::min(next_, last_ + kAtLeast);
    return false;
  }
  /// It was looked at; `live`: there is a level to show.
  void looked(base::Time now, bool live) {
    last_ = now;
    next_ = live ? now + kLive : base::Time::max();
  }
  [[nodiscard]] base::Time next_deadline() const { return next_; }

 private:
  base::Time last_{};
  base::Time next_ = base::Time::max();
};

}  // namespace comcat::client
