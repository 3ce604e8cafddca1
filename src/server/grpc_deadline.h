#pragma once

#include <grpc/support/time.h>

#include "comcat/base/clock.h"

namespace comcat::server {

/// `left` from now, for gRPC, on the monotonic clock: a wall clock that is set moves no deadline.
[[nodiscard]] inline gpr_timespec grpc_deadline(base::Duration left) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(left.count(), GPR_TIMESPAN));
}

}  // namespace comcat::server
