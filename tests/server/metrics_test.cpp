#include "comcat/server/metrics.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

TEST(Histogram, ABoundBelongsToItsBucketAndTheLastIsEverythingAbove) {
  Histogram histogram;
  for (const std::int64_t us : {0, 50, 51, 250'000, 250'001, 1'000'000'000}) histogram.add(us);
  EXPECT_EQ(2U, histogram.bucket(0));
  EXPECT_EQ(1U, histogram.bucket(1));
  EXPECT_EQ(1U, histogram.bucket(11));
  EXPECT_EQ(2U, histogram.bucket(12));
  EXPECT_EQ(1'000'500'102U, histogram.sum_us());
}

TEST(Histogram, ATimeBelowZeroCountsAsNone) {
  Histogram histogram;
  histogram.add(-5);
  EXPECT_EQ(1U, histogram.bucket(0));
  EXPECT_EQ(0U, histogram.sum_us());
}

TEST(Metrics, EachReasonHasANameAndACounterOfItsOwn) {
  Metrics metrics;
  EXPECT_EQ(kDropNames.size(), metrics.drops.size());
  EXPECT_EQ(kRefusalNames.size(), metrics.refusals.size());
  EXPECT_EQ(kTurnedNames.size(), metrics.turned_away.size());
  metrics.dropped(Drop::kMuted, 3);
  metrics.refused(Refusal::kName);
  EXPECT_EQ(3U, metrics.drops[static_cast<std::size_t>(Drop::kMuted)]);
  EXPECT_EQ(1U, metrics.refusals[static_cast<std::size_t>(Refusal::kName)]);
  EXPECT_EQ(0U, metrics.drops[static_cast<std::size_t>(Drop::kNotLoudest)]);
  metrics.turned(Turned::kTotalLimit);
  EXPECT_EQ(1U, metrics.turned_away[static_cast<std::size_t>(Turned::kTotalLimit)]);
}

}  // namespace
}  // namespace comcat::server
