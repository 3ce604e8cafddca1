#include "comcat/rpc/deadline.h"

#include <chrono>
#include <cstdint>

namespace comcat::rpc {
namespace {

constexpr base::Duration kNever = std::chrono::hours(24 * 365);

}  // namespace

gpr_timespec deadline_in(base::Duration left) {
  if (left > kNever) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(left.count(), GPR_TIMESPAN));
}

// The steady clock of this system is the monotonic one of gRPC: neither has an epoch of its own.
gpr_timespec deadline_at(base::Time when) {
  if (when == base::Time::max()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  const std::chrono::nanoseconds rest = when - seconds;
  return {seconds.time_since_epoch().count(), static_cast<std::int32_t>(rest.count()),
          GPR_CLOCK_MONOTONIC};
}

gpr_timespec at_once() {
  return gpr_time_0(GPR_CLOCK_MONOTONIC);
}

}  // namespace comcat::rpc
