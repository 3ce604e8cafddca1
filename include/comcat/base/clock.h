#pragma once

#include <chrono>

namespace comcat::base {

/// A point on the monotonic clock. Logic takes it as an argument (`now`) and never reads a clock.
using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Where production loops get `now` from; tests pass a clock that they move by hand.
/// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

/// The machine's monotonic clock.
class SteadyClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace comcat::base
