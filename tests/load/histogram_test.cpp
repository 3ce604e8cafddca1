#include "comcat/load/histogram.h"

#include <gtest/gtest.h>

namespace comcat::load {
namespace {

using namespace std::chrono_literals;

TEST(Histogram, NothingIsNothing) {
  const Histogram empty;
  EXPECT_EQ(0us, empty.percentile(.99));
  EXPECT_EQ(0us, empty.max());
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (int us = 1; us <= 50; ++us) histogram.add(std::chrono::microseconds(us));
  EXPECT_EQ(25us, histogram.percentile(.5));
  EXPECT_EQ(50us, histogram.percentile(1));
  EXPECT_EQ(50us, histogram.max());
}

TEST(Histogram, LargeValuesAreNotFartherOffThanTheirBucket) {
  for (std::int64_t us = 64; us < 4'000'000'000; us = us * 5 / 4 + 1) {
    Histogram histogram;
    histogram.add(std::chrono::microseconds(us));
    histogram.add(std::chrono::hours(2));  // so that the maximum does not bound the answer
    const auto found = histogram.percentile(.5).count();
    EXPECT_GE(found, us);
    EXPECT_LE(static_cast<double>(found), static_cast<double>(us) * 1.016);
  }
}

TEST(Histogram, PercentilesAreThoseOfSortedValues) {
  Histogram histogram;
  for (int i = 0; i < 990; ++i) histogram.add(10us);
  for (int i = 0; i < 10; ++i) histogram.add(50ms);
  EXPECT_EQ(10us, histogram.percentile(.99));
  EXPECT_EQ(50ms, histogram.percentile(.999));
  EXPECT_EQ(50ms, histogram.max());
}

TEST(Histogram, TimeBeforeNothingAndBeyondAllBoundsCounts) {
  Histogram histogram;
  histogram.add(-5us);
  histogram.add(std::chrono::hours(10'000));
  EXPECT_EQ(2U, histogram.count());
  EXPECT_EQ(0us, histogram.percentile(.5));
  EXPECT_GT(histogram.max(), std::chrono::hours(10));
}

TEST(Histogram, TwoMergeIntoOne) {
  Histogram one;
  Histogram other;
  one.add(1us);
  other.add(9us);
  one.merge(other);
  EXPECT_EQ(2U, one.count());
  EXPECT_EQ(1us, one.percentile(.5));
  EXPECT_EQ(9us, one.max());
}

}  // namespace
}  // namespace comcat::load
