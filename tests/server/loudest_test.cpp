#include "comcat/server/loudest.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Time kStart{std::chrono::seconds(1000)};
constexpr milliseconds kFrame{20};

/// A level in -dBov at a time since the start.
using Voice = std::function<double(milliseconds)>;

Voice steady(double dbov) {
  return [=](milliseconds) { return dbov; };
}
/// The level shakes by `range_db` both ways.
Voice shaking(double dbov, double range_db, unsigned seed) {
  return [=, random = std::mt19937(seed)](milliseconds) mutable {
    return dbov + std::uniform_real_distribution(-range_db, range_db)(random);
  };
}
/// Four syllables a second, `depth_db` between a vowel and the gap after it.
Voice syllables(double dbov, double depth_db, double phase, unsigned seed) {
  return [=, noise = shaking(0, 3, seed)](milliseconds t) mutable {
    const double turn = 2 * std::numbers::pi * (0.004 * static_cast<double>(t.count()) + phase);
    return dbov + depth_db * (1 - std::cos(turn)) / 2 + noise(t);
  };
}

/// People who send a frame each 20 ms to a room that forwards `slots` of them.
class Conversation {
 public:
  Conversation(std::size_t slots, std::vector<Voice> voices)
      : loudest_(slots), voices_(std::move(voices)), heard_(voices_.size()) {}

  void run(milliseconds time) {
    for (const milliseconds end = passed_ + time; passed_ < end; passed_ += kFrame) {
      for (std::size_t i = 0; i < voices_.size(); ++i) {
        const auto level = static_cast<std::uint8_t>(std::clamp(voices_[i](passed_), 0.0, 127.0));
        const auto number = static_cast<wire::SessionNumber>(i + 1);
        const bool forwarded = loudest_.offer(number, level, kStart + passed_);
        if (forwarded != static_cast<bool>(last_[number])) ++changes_;
        last_[number] = forwarded;
        heard_[i] += forwarded ? 1 : 0;
      }
    }
  }

  /// Frames of person `i` (from 0) that were forwarded so far.
  [[nodiscard]] int heard(std::size_t i) const { return heard_[i]; }
  [[nodiscard]] int heard_in_all() const {
    int sum = 0;
    for (const int frames : heard_) sum += frames;
    return sum;
  }
  /// How often somebody lost a slot to somebody else.
  [[nodiscard]] int switches() const { return changes_ / 2; }
  void change(std::size_t i, Voice voice) { voices_[i] = std::move(voice); }
  Loudest& loudest() { return loudest_; }

 private:
  Loudest loudest_;
  std::vector<Voice> voices_;
  std::vector<int> heard_;
  std::map<wire::SessionNumber, bool> last_;
  milliseconds passed_{0};
  int changes_ = 0;
};

TEST(Loudest, WhileFewerTalkThanMayNoSyllableIsLost) {
  Conversation three(4, {steady(50), steady(20), steady(60)});
  three.run(seconds(10));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(500, three.heard(i));
}

TEST(Loudest, TheFirstFrameOfANewVoiceIsForwardedWhereASlotFellSilent) {
  Conversation two(1, {steady(20), steady(127)});
  two.run(seconds(1));
  two.change(0, steady(127));
  two.run(Loudest::kHold + 2 * kFrame);
  two.change(1, steady(40));
  two.run(kFrame);
  EXPECT_EQ(1, two.heard(1));
}

TEST(Loudest, BackgroundNoiseHoldsNoSlotAgainstVoice) {
  Conversation noisy(2, {steady(61), steady(70), steady(60)});
  noisy.run(seconds(1));
  EXPECT_EQ(50, noisy.heard(2));
}

TEST(Loudest, BackgroundNoiseTakesNoSlotFromAnybody) {
  Conversation noisy(1, {steady(50), steady(61)});
  noisy.run(seconds(1));
  noisy.change(0, steady(127));
  noisy.run(seconds(5));
  EXPECT_EQ(0, noisy.heard(1));
}

TEST(Loudest, AClearlyLouderVoiceTakesOverWithinMoments) {
  Conversation two(1, {steady(40), steady(30)});
  two.run(milliseconds(40));
  EXPECT_EQ(0, two.heard(1));  // not at its first frame: it may be a click
  two.run(milliseconds(80));
  EXPECT_GE(two.heard(1), 1);
  two.run(seconds(10));
  EXPECT_EQ(1, two.switches());
}

TEST(Loudest, AVoiceNotClearlyLouderWaits) {
  Conversation two(1, {steady(40), steady(35)});
  two.run(seconds(10));
  EXPECT_EQ(500, two.heard(0));
  EXPECT_EQ(0, two.heard(1));
}

TEST(Loudest, ACoughTakesNoSlot) {
  const Voice cough = [](milliseconds t) {
    return t % seconds(1) < milliseconds(40) ? 5.0 : 127.0;
  };
  Conversation two(1, {steady(30), cough});
  two.run(seconds(10));
  EXPECT_EQ(0, two.heard(1));
}

TEST(Loudest, ThePauseBetweenTwoWordsIsHeld) {
  // 300 ms of words, 200 ms of nothing: shorter than the hold, so nobody as loud may take over.
  const Voice words = [](milliseconds t) {
    return t % milliseconds(500) < milliseconds(300) ? 30.0 : 127.0;
  };
  Conversation two(1, {words, steady(30)});
  two.run(seconds(10));
  EXPECT_EQ(500, two.heard(0));
  EXPECT_EQ(0, two.heard(1));
}

TEST(Loudest, ThePauseOfAClientThatSendsNothingInSilenceIsHeldToo) {
  Loudest loudest(1);
  ASSERT_TRUE(loudest.offer(1, 30, kStart));
  for (base::Time now = kStart; now <= kStart + Loudest::kHold; now += kFrame) {
    EXPECT_FALSE(loudest.offer(2, 30, now));
  }
  EXPECT_TRUE(loudest.offer(2, 30, kStart + Loudest::kHold + kFrame));
}

TEST(Loudest, TwoEqualsWhoseLevelsShakeDoNotFlap) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Conversation two(1, {shaking(30, 3, seed), shaking(30, 3, seed + 100)});
    two.run(seconds(60));
    EXPECT_LE(two.switches(), 60) << "seed " << seed;
  }
}

TEST(Loudest, TwoEqualsWhoSpeakInSyllablesDoNotFlap) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Conversation two(1, {syllables(25, 20, 0, seed), syllables(25, 20, 0.05 * seed, seed + 100)});
    two.run(seconds(60));
    EXPECT_LE(two.switches(), 60) << "seed " << seed;
  }
}

TEST(Loudest, SomebodyWhoWentQuietGivesWayToSomebodyLoud) {
  Conversation two(1, {steady(20), steady(30)});
  two.run(seconds(1));
  two.change(0, steady(55));
  two.run(seconds(1));
  EXPECT_GE(two.heard(1), 25);
}

TEST(Loudest, TwoHundredWhoAllTalkCostNoMoreThanTheSlots) {
  std::vector<Voice> voices;
  for (unsigned i = 0; i < 200; ++i) voices.push_back(syllables(20 + i % 10, 20, 0.01 * i, i));
  Conversation crowd(8, std::move(voices));
  crowd.run(seconds(10));
  EXPECT_LE(crowd.heard_in_all(), 8 * 500);
  EXPECT_GE(crowd.heard_in_all(), 7 * 500);
}

TEST(Loudest, WhoLeavesFreesTheSlotAtOnce) {
  Loudest loudest(1);
  ASSERT_TRUE(loudest.offer(1, 30, kStart));
  ASSERT_FALSE(loudest.offer(2, 30, kStart));
  loudest.remove(1);
  EXPECT_TRUE(loudest.offer(2, 30, kStart));
}

TEST(Loudest, WhoHasPausedIsNotWaitedFor) {
  Loudest loudest(3);
  ASSERT_TRUE(loudest.offer(1, 30, kStart));
  ASSERT_TRUE(loudest.offer(2, 30, kStart));
  EXPECT_EQ(2U, loudest.talking(kStart + Loudest::kFrameGap));
  ASSERT_TRUE(loudest.offer(2, 30, kStart + Loudest::kFrameGap));
  EXPECT_EQ(1U, loudest.talking(kStart + Loudest::kFrameGap + milliseconds(1)));
  EXPECT_EQ(0U, loudest.talking(kStart + 3 * Loudest::kFrameGap));
}

TEST(Loudest, WhoSendsNothingThatCanBeHeardIsNotWaitedForEither) {
  Loudest loudest(3);
  ASSERT_TRUE(loudest.offer(1, 30, kStart));
  ASSERT_TRUE(loudest.offer(2, 90, kStart));
  EXPECT_EQ(1U, loudest.talking(kStart));
}

TEST(Loudest, ARoomWithoutSlotsForwardsNobody) {
  Loudest loudest(0);
  EXPECT_FALSE(loudest.offer(1, 0, kStart));
  EXPECT_EQ(0U, loudest.talking(kStart));
}

}  // namespace
}  // namespace comcat::server
