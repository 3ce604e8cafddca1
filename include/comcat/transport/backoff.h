#pragma once

#include <chrono>
#include <functional>

#include "comcat/base/clock.h"

namespace comcat::transport {

/// When to try again after an outage: exponential backoff with full jitter. The n-th wait of an
/// outage is drawn evenly from [0, first * 2^n), and from [0, longest) once that is reached, so a
/// thousand clients of a server that restarts do not come back at once.
///
/// Threads: one at a time.
class Backoff {
 public:
  struct Options {
    std::chrono::milliseconds first{250};
    std::chrono::milliseconds longest{8'000};
  };

  /// `random` gives numbers in [0, 1).
  Backoff(Options options, std::function<double()> random);

  /// The time of the next attempt, after one that failed at `now`.
  [[nodiscard]] base::Time next(base::Time now);

  /// The outage is over.
  void reset() { bound_ = options_.first; }

 private:
  Options options_;
  std::function<double()> random_;
  std::chrono::milliseconds bound_;
};

}  // namespace comcat::transport
