#include "audio/output_reserve.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace comcat::audio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A device, and a ring that is filled by the reserve each millisecond.
struct Rig {
  OutputReserve reserve;
  base::Time now{seconds(100)};
  base::Time due{seconds(100)};
  std::size_t held = 0;
  std::size_t missed = 0;
  std::size_t rendered = 0;
  std::size_t most_at_once = 0;

  void take(std::size_t samples) {
    const std::size_t short_of = samples - std::min(samples, held);
    held -= samples - short_of;
    missed += short_of;
    reserve.took(now, samples, short_of);
  }
  void fill() {
    std::size_t blocks = 0;
    for (; held < reserve.wanted_samples(now); ++blocks) held += kBlockSamples;
    rendered += blocks * kBlockSamples;
    most_at_once = std::max(most_at_once, blocks);
  }
  /// A device that takes `period` samples at once, every so many samples' time.
  void play(std::size_t period, seconds time) {
    const base::Time end = now + time;
    const auto every = std::chrono::microseconds(period * 1'000'000 / kSampleRate);
    for (; now < end; now += std::chrono::microseconds(500)) {
      if (now >= due) {
        take(period);
        due += every;
      }
      fill();
    }
  }
};

class PeriodsOfTheReserve : public ::testing::TestWithParam<std::size_t> {};

TEST_P(PeriodsOfTheReserve, OfAnyLengthAreNeverFoundShortOnceTheyAreKnown) {
  Rig rig;
  rig.play(GetParam(), seconds(2));
  rig.missed = 0;
  rig.most_at_once = 0;
  rig.play(GetParam(), seconds(60));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_LE(rig.most_at_once, 2U) << "it is filled by the clock, not in bursts";
  const std::size_t burst = std::max(GetParam(), kBlockSamples);
  EXPECT_GE(rig.reserve.depth_samples(), burst + kBlockSamples);
  EXPECT_LE(rig.reserve.depth_samples(), burst + kBlockSamples + kBlockSamples / 4);
}

INSTANTIATE_TEST_SUITE_P(OfADevice, PeriodsOfTheReserve,
                         ::testing::Values(64, 128, 480, 512, 1024, 2048, 4096, 8192));

TEST(OutputReserve, FollowsADeviceWhosePeriodChanges) {
  Rig rig;
  rig.play(256, seconds(20));
  rig.play(4096, seconds(1));
  rig.missed = 0;
  rig.play(4096, seconds(20));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_GE(rig.reserve.depth_samples(), 4096 + kBlockSamples);
  rig.play(256, seconds(12));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_EQ(2 * kBlockSamples, rig.reserve.depth_samples()) << "and gives the delay back";
}

TEST(OutputReserve, ManyCallsAtOnceAreOneBurst) {
  Rig rig;
  for (int period = 0; period < 200; ++period) {
    for (int call = 0; call < 4; ++call) rig.take(1024);
    if (period == 1) rig.missed = 0;
    for (int ms = 0; ms < 85; ++ms) {
      rig.fill();
      rig.now += milliseconds(1);
    }
    rig.fill();
  }
  EXPECT_EQ(0U, rig.missed);
  EXPECT_NEAR(4096.0 + kBlockSamples, static_cast<double>(rig.reserve.depth_samples()), 48.0);
}

TEST(OutputReserve, ComingLateOnceIsAllowedForAWhile) {
  Rig rig;
  rig.play(480, seconds(5));
  rig.now += milliseconds(50);  // this machine was away
  rig.due = rig.now;
  for (int i = 0; i < 5; ++i) rig.take(480);
  EXPECT_GT(rig.missed, 0U);
  rig.fill();
  EXPECT_GE(rig.reserve.depth_samples(), 5 * kBlockSamples);
  rig.play(480, seconds(20));
  EXPECT_EQ(2 * kBlockSamples, rig.reserve.depth_samples());
}

TEST(OutputReserve, ADeviceThatTakesWithoutEndIsGivenNoMoreThanAQuarterOfASecond) {
  Rig rig;
  for (int i = 0; i < 10'000; ++i) rig.take(480);
  EXPECT_EQ(OutputReserve::kMaxBurstSamples + kBlockSamples, rig.reserve.depth_samples());
}

TEST(OutputReserve, SaysWhenItWantsMore) {
  OutputReserve reserve;
  const base::Time now{seconds(1)};
  reserve.took(now, 480, 0);
  EXPECT_EQ(480U, reserve.wanted_samples(now));
  const base::Time refill = reserve.refill_time(480 + 240, now);
  EXPECT_GE(refill - now, std::chrono::microseconds(4'900));
  EXPECT_LE(refill - now, std::chrono::microseconds(5'100));
  EXPECT_GT(reserve.wanted_samples(refill), 480U + 240);
  EXPECT_GE(reserve.refill_time(960, now), now + milliseconds(100)) << "never: it is full";
}

}  // namespace
}  // namespace comcat::audio
