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
    if (now > last_) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
      last_ = now;
    }
    if (tokens_ < units) return false;
    tokens_ -= units;
    return true;
  }

 private:
  double per_second_;
  double burst_;
  double tokens_;
  base::Time last_{};
};

}  // namespace comcat::server
