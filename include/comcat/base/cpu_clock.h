#pragma once

#include <chrono>

namespace comcat::base {

/// What the calling thread has used of a processor so far; on a busy machine it goes slower than
/// time does. Threads: any.
[[nodiscard]] std::chrono::nanoseconds thread_cpu_time();

}  // namespace comcat::base
