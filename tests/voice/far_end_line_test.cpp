// Two sound cards: which of what was played belongs beside what is captured. Every sample that is
// played is its own number, so that what comes out tells where it was.

#include "comcat/voice/far_end_line.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::voice {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr base::Time kStart{1h};
constexpr std::uint64_t kMost = 1 << 20;  // floats count no further by ones

class TwoCards : public ::testing::Test {
 protected:
  /// The loudspeaker's card is given its next block, and takes all but the last `waiting` samples.
  void play(base::Time now, std::size_t waiting = 0) {
    audio::Block block;
    for (float& sample : block) sample = static_cast<float>(played_++ % kMost + 1);
    line_.play(block);
    line_.took({now, 0, waiting});
  }

  /// The microphone's next block comes. How many milliseconds ago, at `now`, the sound beside its
  /// end was played; below 0 where that is silence.
  double take(base::Time now, microseconds delays) {
    line_.take(taken_, now, delays, moment_);
    taken_ += audio::kBlockSamples;
    const double last = moment_.far.back();
    if (last == 0) return -1;
    const double since = std::chrono::duration<double>(now - kStart).count() * audio::kSampleRate;
    return std::fmod(since - last + 2.0 * kMost, kMost) / 48;
  }

  /// How many samples the two cards are apart, by the numbers of their samples.
  [[nodiscard]] std::int64_t apart() const {
    return static_cast<std::int64_t>(taken_) - std::llround(moment_.far.back());
  }

  FarEndLine line_;
  Moment moment_;
  std::set<std::int64_t> apart_;
  std::uint64_t played_ = 0;
  std::uint64_t taken_ = 0;
};

TEST_F(TwoCards, HalfOfTheDelayThatTheDevicesTellIsTakenFromTheEchos) {
  for (int i = 0; i < 300; ++i) {
    play(kStart + 10ms * i);
    const double age_ms = take(kStart + 10ms * i + 3ms, 120ms);
    if (i < 100) continue;
    EXPECT_NEAR(age_ms, 60, 11);
    EXPECT_EQ(60ms, moment_.echo_delay);
  }
}

TEST_F(TwoCards, BurstsOfEitherCardMoveNothing) {
  std::vector<double> ages;
  for (int i = 0; i < 1000; ++i) {
    play(kStart + 10ms * i + (i % 7 == 0 ? 4ms : 0ms));
    if (i % 4 != 3) continue;
    for (int block = 0; block < 4; ++block) {
      const double age = take(kStart + 10ms * i + 1ms, 200ms) + (block - 3) * 10;
      if (i > 600) ages.push_back(age);
    }
  }
  const auto [least, most] = std::ranges::minmax(ages);
  EXPECT_LT(most - least, 4);
}

TEST_F(TwoCards, ClocksThatRunApartForAnHourAreFollowedWithoutAJump) {
  constexpr auto kFastBlock = std::chrono::nanoseconds(9'999'000);  // 100 ppm
  double before = 0;
  double least = 1e9;
  double most = 0;
  base::Time next_play = kStart;
  for (int i = 0; i < 360'000; ++i) {
    const base::Time now = kStart + 10ms * i;
    for (; next_play <= now; next_play += kFastBlock) play(next_play);
    std::ignore = take(now, 100ms);
    if (i < 500) continue;
    const auto newest = static_cast<double>(played_ % kMost);
    const double age = std::fmod(newest - moment_.far.back() + kMost, kMost);
    if (age > kMost / 2.0) continue;  // the numbers begin anew
    if (before == 0) before = age;
    ASSERT_LT(std::abs(age - before), 500) << "a block at most";
    before = age;
    least = std::min(least, age);
    most = std::max(most, age);
  }
  EXPECT_LT(most - least, 1000) << "20 ms, of which 10 are that blocks come in blocks";
}

TEST_F(TwoCards, SilenceStandsForWhatWasLostAndForWhatHasNotComeYet) {
  for (int i = 0; i < 50; ++i) EXPECT_EQ(-1, take(kStart + 10ms * i, 50ms));
  EXPECT_TRUE(line_.silent());
  for (int i = 50; i < 250; ++i) play(kStart + 10ms * i);  // the encode thread was away
  std::ignore = take(kStart + 2500ms, 50ms);
  for (int i = 250; i < 600; ++i) {
    play(kStart + 10ms * i);
    std::ignore = take(kStart + 10ms * i, 50ms);
  }
  EXPECT_NE(0, moment_.far.back());
  EXPECT_FALSE(line_.silent());
}

TEST_F(TwoCards, WhatALateThreadLeavesOutIsSilenceInTheCount) {
  for (int i = 0; i < 1000; ++i) {
    const base::Time now = kStart + 10ms * i;
    if (i == 500) {
      line_.took({now, audio::kBlockSamples});
    } else {
      play(now);
    }
    const double age_ms = take(now, 100ms);
    if (i < 300 || (i >= 500 && i < 506)) continue;
    EXPECT_NEAR(age_ms, i < 500 ? 40 : 50, 1) << "from then on all is played a block later";
  }
}

TEST_F(TwoCards, WhatIsMixedAheadOfTimeMovesNothing) {
  for (int i = 0; i < 1000; ++i) {
    const base::Time now = kStart + 10ms * i;
    play(now, i < 500 ? 0 : audio::kBlockSamples);
    if (i == 499) play(now, audio::kBlockSamples);
    const double age_ms = take(now, 100ms);
    if (i < 300) continue;
    EXPECT_NEAR(age_ms, 40, 1);
  }
}

TEST_F(TwoCards, WhatNeitherCardHeardOfMovesNothing) {
  base::Time now = kStart;
  for (int i = 0; i < 2000; ++i) {
    now += i % 130 == 129 ? 31ms : 10ms;
    play(now);
    std::ignore = take(now + 2ms, 100ms);
    if (i >= 300) apart_.insert(apart());
  }
  EXPECT_EQ(1U, apart_.size());
}

TEST_F(TwoCards, WhatIsLostOfTheMicrophonesIsCounted) {
  for (int i = 0; i < 1000; ++i) {
    const base::Time now = kStart + 10ms * i;
    play(now);
    if (i >= 500 && i < 508) {
      taken_ += audio::kBlockSamples;
      continue;
    }
    const double age_ms = take(now, 100ms);
    if (i < 300) continue;
    EXPECT_NEAR(age_ms, 40, 1);
  }
}

TEST_F(TwoCards, AfterAnOutageOfOneCardTheTimesAreFollowedInOneMove) {
  for (int i = 0; i < 1500; ++i) {
    const base::Time now = kStart + 10ms * i;
    if (i < 500 || i >= 510) play(now);
    const double age_ms = take(now, 100ms);
    if (i < 300 || age_ms < 0) continue;
    apart_.insert(apart());
    if (i < 850) continue;
    EXPECT_NEAR(age_ms, 140, 1) << "what is played was to be played 100 ms before";
  }
  EXPECT_EQ(2U, apart_.size());
}

TEST_F(TwoCards, AfterTwoSecondsOfNothingNobodyIsHeard) {
  play(kStart);
  std::ignore = take(kStart, 50ms);
  EXPECT_FALSE(line_.silent());
  const audio::Block silence{};
  for (int i = 0; i < 200; ++i) {
    line_.play(silence);
    line_.took({kStart + 10ms * i});
    std::ignore = take(kStart + 10ms * i, 50ms);
  }
  EXPECT_TRUE(line_.silent());
}

}  // namespace
}  // namespace comcat::voice
