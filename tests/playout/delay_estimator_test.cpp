#include "comcat/playout/delay_estimator.h"

#include <utility>

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// Frames of 20 ms, each late by what `late_ms(i)` says; the target afterwards in ms.
template <typename Late>
double target_after(int frames, Late late_ms) {
  DelayEstimator estimator({});
  for (int i = 0; i < frames; ++i) {
    const Micros late{static_cast<std::int64_t>(1000 * late_ms(i))};
    estimator.insert(std::int64_t{i} * 960, 960, base::Time{5s + 20ms * i + late}, i == 0, false);
  }
  return std::chrono::duration<double, std::milli>(estimator.target()).count();
}

TEST(DelayEstimator, AnEvenNetworkNeedsOneBlock) {
  EXPECT_EQ(10, target_after(500, [](int) { return 0.0; }));
}

TEST(DelayEstimator, FrequentJitterIsWaitedFor) {
  const double target = target_after(1500, [](int i) { return i % 5 == 0 ? 60.0 : 0.0; });
  EXPECT_GE(target, 55);
  EXPECT_LE(target, 65);
}

TEST(DelayEstimator, AStallNowAndThenIsNot) {
  // Each ten seconds 300 ms, that then drain in a burst.
  const double target = target_after(3000, [](int i) { return std::max(0, 300 - 20 * (i % 500)); });
  EXPECT_LE(target, 60);
}

TEST(DelayEstimator, PeriodicSmallStallsAreRemembered) {
  // Twice a second 80 ms: a TCP connection that loses often.
  const double target = target_after(3000, [](int i) { return std::max(0, 80 - 20 * (i % 25)); });
  EXPECT_GE(target, 75);
  EXPECT_LE(target, 90);
}

TEST(DelayEstimator, ALongerRouteIsForgottenAsSuch) {
  const double target = target_after(1000, [](int i) { return i < 500 ? 0.0 : 80.0; });
  EXPECT_LE(target, 30);  // 10 s later the longer route is simply the route
}

TEST(DelayEstimator, AQueueThatGrowsIsNotRunAheadOf) {
  DelayEstimator estimator({});
  for (std::int64_t i = 0; i < 300; ++i) {
    const Micros queue{std::max<std::int64_t>(0, i - 150) * 2000};  // 100 ms a second
    const base::Time now{5s + 20ms * i + queue};
    estimator.insert(i * 960, 960, now, i == 0, false);
    ASSERT_GE(estimator.target(), std::min<Micros>(queue, 250ms)) << i;
  }
}

TEST(DelayEstimator, AQueueThatIsGoneIsForgottenAtOnce) {
  DelayEstimator estimator({});
  std::int64_t i = 0;
  for (; i < 300; ++i) {
    estimator.insert(i * 960, 960, base::Time{20ms * i + (i < 260 ? 0ms : 40ms)}, i == 0, false);
  }
  EXPECT_GE(estimator.target(), 60ms);
  estimator.insert(i * 960, 960, base::Time{20ms * i}, false, false);
  EXPECT_LT(estimator.target(), 60ms);
}

TEST(DelayEstimator, LostPacketsAreWaitedForWhereTheNextOneReplacesThem) {
  DelayEstimator without({});
  DelayEstimator with({});
  for (std::int64_t i = 0; i < 1500; ++i) {
    const bool lost = i % 30 == 29;
    const base::Time now{5s + 20ms * i};
    if (lost) continue;
    if (i % 30 == 0 && i > 0) with.insert_replacement((i - 1) * 960, 960, now);
    for (DelayEstimator* estimator : {&without, &with}) {
      estimator->insert(i * 960, 960, now, i == 0, false);
    }
  }
  EXPECT_EQ(10ms, without.target());
  EXPECT_GE(with.target(), 20ms);
  EXPECT_LE(with.target(), 25ms);
  EXPECT_EQ(with.target(), with.usual()) << "what is missing is lost, not late";
  EXPECT_LT(without.usual(), without.target());
}

TEST(DelayEstimator, WhoPaysMoreForGapsWaitsLonger) {
  const auto target = [](std::chrono::milliseconds price) {
    DelayEstimator estimator({.gap_price = price});
    for (std::int64_t i = 0; i < 3000; ++i) {
      const auto late = std::chrono::milliseconds(i % 10 * (i % 7));
      estimator.insert(i * 960, 960, base::Time{5s + 20ms * i + late}, i == 0, false);
    }
    return estimator.target();
  };
  EXPECT_LT(target(1ms), target(26ms));
  EXPECT_LT(target(26ms), target(200ms));
}

TEST(DelayEstimator, OnACalmPathTheTargetDoesNotGoUpAndDownWithinSeconds) {
  DelayEstimator estimator({});
  Micros target{0};
  int lowered_at = -1000;
  for (int i = 0; i < 6000; ++i) {  // two minutes; now and then a packet is 15 to 35 ms late
    const auto late = std::chrono::milliseconds(i % 97 == 96 ? 15 + i % 20 : 0);
    estimator.insert(std::int64_t{i} * 960, 960, base::Time{5s + 20ms * i + late}, i == 0, false);
    const Micros before = std::exchange(target, estimator.target());
    if (i < 1000) continue;  // the first seconds
    if (target > before) {
      EXPECT_GT(i - lowered_at, 100) << "up again within 2 s";
    }
    if (target < before) lowered_at = i;
  }
}

TEST(DelayEstimator, NeverAsksForMoreThanTheMost) {
  DelayEstimator estimator({.max_delay = 100ms});
  for (std::int64_t i = 0; i < 500; ++i) {
    estimator.insert(i * 960, 960, base::Time{20ms * i + (i % 3) * 300ms}, false, false);
    ASSERT_LE(estimator.target(), 100ms);
  }
}

}  // namespace
}  // namespace comcat::playout
