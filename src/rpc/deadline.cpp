#include "comcat/rpc/deadline.h"

namespace comcat::rpc {
namespace {

constexpr base::Duration kNever = std::chrono::hours(24 * 365);

}  // namespace

gpr_timespec deadline_in(base::Duration left) {
  if (left > kNever) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(left.count(), GPR_TIMESPAN));
}

gpr_timespec at_once() {
  return gpr_time_0(GPR_CLOCK_MONOTONIC);
}

}  // namespace comcat::rpc
