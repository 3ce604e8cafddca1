#pragma once

#include <algorithm>
#include <chrono>

#include "comcat/base/clock.h"

namespace comcat::server {

/// A token bucket: `per_second` units on average, `burst` of them at once. Threads: one.
class RateLimit {
 public:
  RateLimit(double per_second, double burst)
      : per_second_(per_second), burst_(burst), tokens_(burst) {}

  /// Takes `units` at `now`; false, and nothing taken, where they are not there.
  [[nodiscard]] bool take(double units, base::Time now) {
    if (!has(units, now)) return false;
    tokens_ -= units;
    return true;
  }

  /// True where take() would take.
  [[nodiscard]] bool has(double units, base::Time now) {
    refill(now);
    return tokens_ >= units;
  }

  /// Takes `units` at `now`, on credit where they are not there. How long it is from `now` until
  /// the credit is paid; zero where none was needed.
  [[nodiscard]] base::Duration spend(double units, base::Time now) {
    refill(now);
    tokens_ -= units;
    const std::chrono::duration<double> wait(std::max(0.0, -tokens_ / per_second_));
    return std::chrono::ceil<base::Duration>(wait);
  }

  /// True where all of a burst may come: the sender has been well below the average of late.
  [[nodiscard]] bool full(base::Time now) {
    refill(now);
    return tokens_ >= burst_;
  }

 private:
  void refill(base::Time now) {
    if (now <= last_) return;
    const std::chrono::duration<double> passed = now - last_;
    tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
    last_ = now;
  }

  double per_second_;
  double burst_;
  double tokens_;
  base::Time last_{};
};

}  // namespace comcat::server
