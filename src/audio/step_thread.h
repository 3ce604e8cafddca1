#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "comcat/base/clock.h"

namespace comcat::audio {

/// One turn of a loop: does what is due at `now` and says when to be called next, or nothing to
/// end. Tests call it with times of their own.
using Step = std::function<std::optional<base::Time>(base::Time now)>;

/// Runs `step` on a thread of its own by the machine's monotonic clock, first at once, then at each
/// time it asked for. request_stop() ends the wait immediately; destruction joins.
/// Threads    any; `step` on the new one alone.
[[nodiscard]] std::jthread run_steps(const char* thread_name, Step step);

}  // namespace comcat::audio
