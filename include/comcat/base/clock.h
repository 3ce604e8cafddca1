#pragma once

#include <chrono>

namespace comcat::base {

/// A point on the monotonic clock. Logic takes it as an argument (`now`) and never reads a clock.
using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// What the machine's monotonic clock shows: where the few lines of thread around a loop get `now`
/// from. Threads: any.
[[nodiscard]] inline Time steady_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace comcat::base
