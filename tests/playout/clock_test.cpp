// What playout knows of clocks: the speaker's against ours, and the sound card's.

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "comcat/playout/drift_meter.h"
#include "comcat/playout/micros.h"
#include "comcat/playout/pull_clock.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(DriftMeter, FindsTheClocksRatioUnderJitter) {
  for (const double ppm : {-200.0, 0.0, 200.0}) {
    std::mt19937 random(1);
    std::exponential_distribution<double> jitter_us(1.0 / 5000);
    DriftMeter meter;
    for (std::int64_t i = 0; i < 15'000; ++i) {  // five minutes
      const double sent_us = static_cast<double>(i) * 20'000 / (1 + ppm * 1e-6);
      meter.insert(i * 960, base::Time{Micros(std::llround(sent_us + jitter_us(random)))});
    }
    EXPECT_NEAR(ppm, meter.ppm(), 10);
  }
}

TEST(PullClock, EvensOutACardThatTakesTwoBlocksAtATime) {
  PullClock clock;
  base::Time due{};
  for (int i = 0; i < 100; ++i) due = clock.tick(base::Time{20ms * (i / 2)});
  EXPECT_EQ(base::Time{980ms}, due);  // the 100th block's place is 10 ms before its pull's partner
  due = clock.tick(base::Time{1000ms});
  EXPECT_EQ(base::Time{990ms}, due);
}

TEST(PullClock, FollowsAProcessThatWasSuspended) {
  PullClock clock;
  for (int i = 0; i < 100; ++i) (void)clock.tick(base::Time{10ms * i});
  EXPECT_EQ(base::Time{4000ms}, clock.tick(base::Time{4000ms}));
  EXPECT_EQ(base::Time{4010ms}, clock.tick(base::Time{4010ms}));
}

}  // namespace
}  // namespace comcat::playout
