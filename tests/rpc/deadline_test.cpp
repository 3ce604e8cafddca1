#include "comcat/rpc/deadline.h"

#include <gtest/gtest.h>

namespace comcat::rpc {
namespace {

using namespace std::chrono_literals;

/// Whether `deadline` is `left` from a moment between `before` and now.
bool lies_in(gpr_timespec deadline, gpr_timespec before, base::Duration left) {
  const gpr_timespec span = gpr_time_from_nanos(left.count(), GPR_TIMESPAN);
  return gpr_time_cmp(gpr_time_add(before, span), deadline) <= 0 &&
         gpr_time_cmp(deadline, gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), span)) <= 0;
}

TEST(Deadline, IsCountedOnTheMonotonicClock) {
  const gpr_timespec before = gpr_now(GPR_CLOCK_MONOTONIC);
  const gpr_timespec deadline = deadline_in(1500ms);
  EXPECT_EQ(deadline.clock_type, GPR_CLOCK_MONOTONIC);
  EXPECT_TRUE(lies_in(deadline, before, 1500ms));
}

TEST(Deadline, OneThatIsOverLiesInThePast) {
  const gpr_timespec before = gpr_now(GPR_CLOCK_MONOTONIC);
  EXPECT_TRUE(lies_in(deadline_in(-2s), before, -2s));
}

TEST(Deadline, TheEndOfTimeNeverComes) {
  const base::Time now = base::steady_now();
  const gpr_timespec never = gpr_inf_future(GPR_CLOCK_MONOTONIC);
  EXPECT_EQ(gpr_time_cmp(deadline_in(base::Time::max() - now), never), 0);
  EXPECT_EQ(gpr_time_cmp(deadline_in(base::Duration::max()), never), 0);
}

TEST(Deadline, OfATimeIsThatTime) {
  const gpr_timespec before = gpr_now(GPR_CLOCK_MONOTONIC);
  const gpr_timespec deadline = deadline_at(base::steady_now() + 1500ms);
  EXPECT_EQ(deadline.clock_type, GPR_CLOCK_MONOTONIC);
  EXPECT_TRUE(lies_in(deadline, before, 1500ms));
  EXPECT_LE(gpr_time_cmp(deadline_at(base::Time{}), before), 0);
  EXPECT_EQ(gpr_time_cmp(deadline_at(base::Time::max()), gpr_inf_future(GPR_CLOCK_MONOTONIC)), 0);
}

TEST(Deadline, AtOnceIsOver) {
  EXPECT_LE(gpr_time_cmp(at_once(), gpr_now(GPR_CLOCK_MONOTONIC)), 0);
}

}  // namespace
}  // namespace comcat::rpc
