#pragma once

#include <grpc/support/time.h>

#include "comcat/base/clock.h"

namespace comcat::rpc {

/// `left` from now, for gRPC, on the monotonic clock: a wall clock that is set moves no deadline.
/// A negative one is over, one of more than a year never comes. Threads: any.
[[nodiscard]] gpr_timespec deadline_in(base::Duration left);

/// The same for a time, without a look at a clock.
[[nodiscard]] gpr_timespec deadline_at(base::Time when);

/// For an alarm that is to go off now: a time that is over goes to the queue directly, whereas even
/// a millisecond of gRPC's timers lasts as long as the wall clock is set back. Threads: any.
[[nodiscard]] gpr_timespec at_once();

}  // namespace comcat::rpc
