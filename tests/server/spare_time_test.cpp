#include "comcat/server/spare_time.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

/// A machine of which a test says how much is idle.
struct Machine {
  void passes(base::Duration time, std::uint64_t idle_percent) {
    now += time;
    const auto ticks = static_cast<std::uint64_t>(time / 10ms) * 100;
    reading.all += ticks;
    reading.idle += ticks * idle_percent / 100;
    if (spare.due(now)) spare.look(reading, now);
  }
  SpareTime spare;
  SpareTime::Reading reading;
  base::Time now{1000s};
};

TEST(SpareTime, IsScarceWhereNothingIsIdleAndForASecondAfter) {
  Machine machine;
  for (int i = 0; i < 10; ++i) machine.passes(200ms, 50);
  EXPECT_FALSE(machine.spare.scarce(machine.now));
  machine.passes(200ms, 2);
  EXPECT_TRUE(machine.spare.scarce(machine.now));
  for (int i = 0; i < 4; ++i) machine.passes(200ms, 50);
  EXPECT_TRUE(machine.spare.scarce(machine.now));
  machine.passes(200ms, 50);
  EXPECT_FALSE(machine.spare.scarce(machine.now));
}

TEST(SpareTime, OfWhichNobodyKnowsIsHeldToBeScarceForAMoment) {
  Machine machine;
  for (int i = 0; i < 10; ++i) machine.passes(200ms, 50);
  machine.passes(10s, 90);
  EXPECT_TRUE(machine.spare.scarce(machine.now)) << "it may have become so just now";
  machine.passes(200ms, 50);
  machine.passes(200ms, 50);
  EXPECT_FALSE(machine.spare.scarce(machine.now));
}

TEST(SpareTime, OfAMachineThatDoesNotTellIsNeverScarce) {
  SpareTime spare;
  spare.look(std::nullopt, base::Time{1000s});
  EXPECT_FALSE(spare.scarce(base::Time{1000s}));
}

TEST(SpareTime, OfThisMachineIsReadAndGrows) {
  const auto reading = SpareTime::now();
  ASSERT_TRUE(reading);
  EXPECT_GT(reading->all, reading->idle);
}

}  // namespace
}  // namespace comcat::server
