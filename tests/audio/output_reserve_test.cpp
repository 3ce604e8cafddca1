#include "audio/output_reserve.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace comcat::audio {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

base::Duration time_of(std::size_t samples) {
  return microseconds(samples * 1'000'000 / kSampleRate);
}

/// A device, and a ring that is filled by the reserve each half millisecond.
struct Rig {
  explicit Rig(base::Duration first_lateness = {}) : reserve(first_lateness) {}

  OutputReserve reserve;
  base::Time now{seconds(100)};
  base::Time due{seconds(100)};
  std::size_t held = 0;
  std::size_t missed = 0;
  std::size_t most_at_once = 0;
  base::Duration longest_held{};  // from the first filling up to the turn
  base::Time filled_at{};

  void take(std::size_t samples) {
    const std::size_t short_of = samples - std::min(samples, held);
    held -= samples - short_of;
    missed += short_of;
    reserve.took(now, samples);
    longest_held = std::max(longest_held, now - filled_at);
  }
  void fill() {
    const std::size_t wanted = reserve.wanted_samples(now);
    if (wanted <= held) return;
    most_at_once = std::max(most_at_once, wanted - held);
    held = wanted;
    filled_at = now;
  }
  /// A device that takes `period` samples at once, every so many samples' time.
  void play(std::size_t period, seconds time) {
    for (const base::Time end = now + time; now < end; now += microseconds(500)) {
      fill();
      if (now < due) continue;
      take(period);
      due += time_of(period);
    }
  }
  void forget() {
    missed = 0;
    most_at_once = 0;
    longest_held = {};
  }
};

class PeriodsOfTheReserve : public ::testing::TestWithParam<std::size_t> {};

TEST_P(PeriodsOfTheReserve, OfAnyLengthAreNeverFoundShortOnceTheyAreKnown) {
  Rig rig;
  rig.play(GetParam(), seconds(4));
  rig.forget();
  rig.play(GetParam(), seconds(60));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_LE(rig.most_at_once, 2 * kBlockSamples) << "it is filled by the clock, not in bursts";
  EXPECT_LE(rig.longest_held, milliseconds(4)) << "as late as may be";
  const std::size_t by_clock = GetParam() - std::min(GetParam(), kBlockSamples);
  EXPECT_GE(rig.reserve.delay(), time_of(by_clock) + milliseconds(1));
  EXPECT_LE(rig.reserve.delay(), time_of(by_clock) + milliseconds(3));
}

INSTANTIATE_TEST_SUITE_P(OfADevice, PeriodsOfTheReserve,
                         ::testing::Values(64, 128, 480, 512, 1024, 2048, 4096, 8192));

TEST(OutputReserve, FollowsADeviceWhosePeriodChanges) {
  Rig rig;
  rig.play(256, seconds(40));
  rig.play(4096, seconds(1));
  rig.forget();
  rig.play(4096, seconds(20));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_GE(rig.reserve.delay(), time_of(4096 - kBlockSamples));
  rig.play(256, seconds(25));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_LE(rig.reserve.delay(), milliseconds(4)) << "and gives the delay back";
}

TEST(OutputReserve, ManyCallsAtOnceAreOneBurst) {
  Rig rig;
  for (int period = 0; period < 200; ++period) {
    for (int call = 0; call < 4; ++call) rig.take(1024);
    if (period == 1) rig.missed = 0;
    for (const base::Time next = rig.now + time_of(4096); rig.now < next;) {
      rig.fill();
      rig.now += microseconds(333);
    }
    rig.fill();
  }
  EXPECT_EQ(0U, rig.missed);
  EXPECT_NEAR(4096 - kBlockSamples,
              static_cast<double>(rig.reserve.delay().count()) * kSampleRate / 1e6, 200.0);
}

TEST(OutputReserve, ADeviceThatComesLateOnceIsServedOnTimeAllTheSame) {
  Rig rig;
  rig.play(480, seconds(5));
  rig.forget();
  const auto delay = rig.reserve.delay();
  for (int i = 0; i < 20; ++i) {
    rig.due += milliseconds(7);
    rig.play(480, seconds(0));
    while (rig.now < rig.due) {
      rig.fill();
      rig.now += microseconds(500);
    }
    rig.fill();
    rig.take(480);
    rig.due += milliseconds(3);
    rig.play(480, seconds(1));
  }
  EXPECT_EQ(0U, rig.missed);
  EXPECT_EQ(delay, rig.reserve.delay());
}

TEST(OutputReserve, ADeviceThatStoodStillBeginsAnew) {
  Rig rig;
  rig.play(480, seconds(5));
  rig.due = rig.now + seconds(3);
  rig.play(480, seconds(4));
  rig.forget();
  rig.play(480, seconds(20));
  EXPECT_EQ(0U, rig.missed);
  EXPECT_LE(rig.longest_held, milliseconds(4)) << "what was in store has been used up";
}

TEST(OutputReserve, WhoFillsUpLateAgainAndAgainBeginsSoonerForAWhile) {
  Rig rig;
  rig.play(480, seconds(5));
  const auto before = rig.reserve.delay();
  rig.reserve.came_late(milliseconds(8), rig.now);
  EXPECT_EQ(before, rig.reserve.delay()) << "once is no habit";
  rig.play(480, seconds(1));
  rig.reserve.came_late(milliseconds(8), rig.now);
  EXPECT_EQ(before + milliseconds(10), rig.reserve.delay());
  for (int second = 0; second < 40; ++second) {
    rig.play(480, seconds(1));
    rig.reserve.came_late(microseconds(0), rig.now);
  }
  EXPECT_EQ(before, rig.reserve.delay());
}

TEST(OutputReserve, ADeviceThatAsksEarlyAgainAndAgainIsServedSoonerForAWhile) {
  Rig rig;
  rig.play(480, seconds(5));
  const auto before = rig.reserve.delay();
  for (int i = 0; i < 2; ++i) {
    rig.due -= milliseconds(4);  // and keeps to that
    rig.play(480, seconds(3));
  }
  EXPECT_NEAR(static_cast<double>((before + milliseconds(5)).count()),
              static_cast<double>(rig.reserve.delay().count()), 1000);
  rig.play(480, seconds(40));
  EXPECT_EQ(before, rig.reserve.delay());
}

TEST(OutputReserve, WhoIsTakenToBeLateAtFirstNeedNotBeForLong) {
  Rig rig(milliseconds(8));
  EXPECT_EQ(milliseconds(12), rig.reserve.delay());
  rig.play(480, seconds(9));
  EXPECT_EQ(milliseconds(12), rig.reserve.delay());
  rig.play(480, seconds(12));
  EXPECT_EQ(milliseconds(2), rig.reserve.delay());
}

TEST(OutputReserve, ADeviceThatTakesWithoutEndIsGivenNoMoreThanAQuarterOfASecond) {
  Rig rig;
  for (int i = 0; i < 10'000; ++i) rig.take(480);
  EXPECT_LE(rig.reserve.wanted_samples(rig.now + seconds(1)),
            OutputReserve::kMaxBurstSamples + OutputReserve::kMostUnevenSamples);
}

TEST(OutputReserve, SaysWhenItWantsMore) {
  OutputReserve reserve;
  const base::Time now{seconds(1)};
  reserve.took(now, 480);
  EXPECT_EQ(0U, reserve.wanted_samples(now));
  const base::Time refill = reserve.refill_time(0, now);
  EXPECT_EQ(now + milliseconds(8), refill);
  EXPECT_EQ(480U, reserve.wanted_samples(refill));
  EXPECT_EQ(now + milliseconds(18), reserve.refill_time(480, refill)) << "if it takes them on time";
}

}  // namespace
}  // namespace comcat::audio
