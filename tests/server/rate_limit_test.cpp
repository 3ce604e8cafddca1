#include "comcat/server/rate_limit.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;

constexpr base::Time kStart{std::chrono::seconds(1000)};

int taken(RateLimit& limit, int wanted, base::Time now) {
  int count = 0;
  for (int i = 0; i < wanted; ++i) count += limit.take(1, now) ? 1 : 0;
  return count;
}

TEST(RateLimit, ABurstIsAllowedOnceAndThenTheAverage) {
  RateLimit limit(50, 25);
  EXPECT_EQ(25, taken(limit, 1000, kStart));
  EXPECT_EQ(0, taken(limit, 1000, kStart));
  EXPECT_EQ(5, taken(limit, 1000, kStart + milliseconds(100)));
}

TEST(RateLimit, SilenceSavesUpNoMoreThanTheBurst) {
  RateLimit limit(50, 25);
  EXPECT_EQ(25, taken(limit, 1000, kStart));
  EXPECT_EQ(25, taken(limit, 1000, kStart + std::chrono::hours(24 * 365)));
}

TEST(RateLimit, ASteadySpeakerNeverMeetsIt) {
  RateLimit limit(50, 3);
  for (int i = 0; i < 50'000; ++i) ASSERT_TRUE(limit.take(1, kStart + i * milliseconds(20)));
}

TEST(RateLimit, WhatIsRefusedCostsNothing) {
  RateLimit limit(1000, 1000);
  EXPECT_FALSE(limit.take(1001, kStart));
  EXPECT_TRUE(limit.take(1000, kStart));
}

TEST(RateLimit, WhatIsSpentOnCreditIsPaidInTime) {
  RateLimit limit(50, 2);
  EXPECT_EQ(base::Duration::zero(), limit.spend(1, kStart));
  EXPECT_EQ(base::Duration::zero(), limit.spend(1, kStart));
  EXPECT_EQ(milliseconds(20), limit.spend(1, kStart));
  EXPECT_EQ(milliseconds(40), limit.spend(1, kStart));
  EXPECT_FALSE(limit.full(kStart + milliseconds(79)));
  EXPECT_TRUE(limit.full(kStart + milliseconds(80)));
}

TEST(RateLimit, AClockThatStandsOrStepsBackGivesNothing) {
  RateLimit limit(50, 1);
  EXPECT_TRUE(limit.take(1, kStart));
  EXPECT_FALSE(limit.take(1, kStart));
  EXPECT_FALSE(limit.take(1, kStart - std::chrono::hours(1)));
  EXPECT_TRUE(limit.take(1, kStart + milliseconds(20)));
}

}  // namespace
}  // namespace comcat::server
