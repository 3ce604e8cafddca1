// The parts of playout that need no story: sample_queue, time_stretch, delay_estimator,
// drift_meter, pull_clock, jitter_buffer.
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/playout/delay_estimator.h"
#include "comcat/playout/drift_meter.h"
#include "comcat/playout/jitter_buffer.h"
#include "comcat/playout/pull_clock.h"
#include "comcat/playout/time_stretch.h"

#include "playout/sine_decoder.h"
#include "support/tone.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

// ---- jitter_buffer

/// Inserts the packets numbered `sequences` (20 ms each) and says what became of each: s stored,
/// r reordered, R restarted, d duplicate, l late, x malformed.
std::string insert(JitterBuffer& buffer, const std::vector<std::uint32_t>& sequences) {
  std::string story;
  for (const std::uint32_t sequence : sequences) {
    const auto opus = numbered_packet(sequence);
    story += "srRdlx"[static_cast<int>(buffer.insert({sequence, sequence * 960, opus}))];
  }
  return story;
}

/// Plays everything that waits; the sequence numbers, and a gap as a dot for each missing one.
std::string play(JitterBuffer& buffer) {
  std::string story;
  for (; !buffer.empty(); buffer.pop_front()) {
    story += std::string(buffer.missing(), '.') + std::to_string(buffer.front()->sequence % 10);
  }
  return story;
}

TEST(JitterBuffer, ReorderedPacketsComeOutInOrder) {
  JitterBuffer buffer;
  EXPECT_EQ("ssrsr", insert(buffer, {1, 3, 2, 5, 4}));
  EXPECT_EQ("12345", play(buffer));
}

TEST(JitterBuffer, APacketBeforeTheFirstCountsUntilPlayingBegins) {
  JitterBuffer buffer;
  EXPECT_EQ("sr", insert(buffer, {7, 6}));
  EXPECT_EQ("67", play(buffer));
}

TEST(JitterBuffer, DuplicatesAreTakenOnce) {
  JitterBuffer buffer;
  EXPECT_EQ("sdssd", insert(buffer, {1, 1, 2, 3, 2}));
  EXPECT_EQ("123", play(buffer));
  EXPECT_EQ("dd", insert(buffer, {3, 2}));  // even after they were played
}

TEST(JitterBuffer, ALatePacketIsNotADuplicate) {
  JitterBuffer buffer;
  EXPECT_EQ("ss", insert(buffer, {1, 3}));
  EXPECT_EQ("1.3", play(buffer));
  EXPECT_EQ("ld", insert(buffer, {2, 2}));
}

TEST(JitterBuffer, SequenceNumbersWrap) {
  JitterBuffer buffer;
  EXPECT_EQ("ssrs", insert(buffer, {0xFFFFFFFE, 0, 0xFFFFFFFF, 1}));
  std::int64_t before = 0xFFFFFFFD;
  for (; !buffer.empty(); buffer.pop_front()) {
    EXPECT_EQ(before + 1, buffer.front()->sequence);
    EXPECT_EQ(0, buffer.missing());
    before = buffer.front()->sequence;
  }
}

TEST(JitterBuffer, ASenderThatStartsAgainFarAwayIsTakenAtOnce) {
  JitterBuffer buffer;
  EXPECT_EQ("ssRs", insert(buffer, {500'000, 500'001, 3, 4}));
  EXPECT_EQ("34", play(buffer));
}

TEST(JitterBuffer, ASenderThatStartsAgainNearbyIsTakenSoon) {
  JitterBuffer buffer;
  std::vector<std::uint32_t> before;
  for (std::uint32_t i = 600; i < 900; ++i) before.push_back(i);
  insert(buffer, before);
  play(buffer);
  EXPECT_EQ("lllllllRss", insert(buffer, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(JitterBuffer, AnEndlessFloodStaysBounded) {
  JitterBuffer buffer;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const auto opus = numbered_packet(i);
    (void)buffer.insert({i, i * 960, opus});
    ASSERT_LE(buffer.size(), JitterBuffer::kSlots);
  }
  EXPECT_EQ(5000 - JitterBuffer::kSlots, buffer.front()->sequence);
}

TEST(JitterBuffer, WhatIsNotOpusIsRefused) {
  JitterBuffer buffer;
  const std::vector<std::uint8_t> nonsense{0xFF, 0xFF};
  EXPECT_EQ(JitterBuffer::Insert::kMalformed, buffer.insert({1, 0, nonsense}));
  EXPECT_EQ(JitterBuffer::Insert::kMalformed, buffer.insert({1, 0, {}}));
  EXPECT_TRUE(buffer.empty());
}

// ---- time_stretch

TEST(TimeStretch, CutsAToneByWholePeriods) {
  SampleQueue queue;
  queue.push(testing::tone(200, 0.5, 4800));
  const Splice splice = find_cut(queue, kMaxLagSamples);
  EXPECT_GT(splice.match, 0.99F);
  EXPECT_EQ(0, splice.lag_samples % 240);  // 200 Hz
  cut(queue, splice);
  EXPECT_EQ(4800 - splice.lag_samples, queue.ahead());
  EXPECT_NEAR(0.5, testing::amplitude_at(200, queue.waiting().first(3840)), 0.01);
}

TEST(TimeStretch, RepeatsWhatWasPlayed) {
  SampleQueue queue;
  queue.push(testing::tone(200, 0.5, 2400));
  std::array<float, 1440> played{};
  queue.pop(played);
  const Splice splice = find_repeat(queue, kMaxLagSamples);
  ASSERT_GT(splice.lag_samples, 0);
  EXPECT_EQ(0, splice.lag_samples % 240);
  repeat(queue, splice);
  EXPECT_EQ(960 + splice.lag_samples, queue.ahead());
  EXPECT_NEAR(0.5, testing::amplitude_at(200, queue.waiting().first(960)), 0.01);
}

TEST(TimeStretch, RepeatsAStretchShorterThanTheOverlap) {
  SampleQueue queue;
  queue.push(testing::tone(400, 0.5, 2400));
  std::array<float, 1440> played{};
  queue.pop(played);
  const Splice splice = find_repeat(queue, 130);
  ASSERT_GT(splice.match, 0.9F);
  repeat(queue, splice);
  EXPECT_EQ(960 + splice.lag_samples, queue.ahead());
  EXPECT_NEAR(0.5, testing::amplitude_at(400, queue.waiting().first(960)), 0.02);
}

TEST(TimeStretch, TakesSilenceInItsLongestPieces) {
  SampleQueue queue;
  queue.push(std::vector<float>(4800));
  EXPECT_EQ(kMaxLagSamples, find_cut(queue, 4800).lag_samples);
}

TEST(TimeStretch, SaysThatTooFewSamplesAreTooFew) {
  SampleQueue queue;
  EXPECT_EQ(0, find_cut(queue, kMaxLagSamples).lag_samples);
  EXPECT_EQ(0, find_repeat(queue, kMaxLagSamples).lag_samples);
  queue.push(std::vector<float>(359));
  EXPECT_EQ(0, find_cut(queue, kMaxLagSamples).lag_samples);
  EXPECT_EQ(0, find_cut(queue, 119).lag_samples);
}

TEST(TimeStretch, NoiseHasNoMatch) {
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 0.2F);
  std::vector<float> samples(4800);
  for (float& sample : samples) sample = noise(random);
  SampleQueue queue;
  queue.push(samples);
  EXPECT_LT(find_cut(queue, kMaxLagSamples).match, 0.6F);
}

// ---- delay_estimator

/// Frames of 20 ms, each late by what `late_ms(i)` says; the target afterwards in ms.
template <typename Late>
double target_after(int frames, Late late_ms) {
  DelayEstimator estimator(400ms);
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

TEST(DelayEstimator, NeverAsksForMoreThanTheMost) {
  DelayEstimator estimator(100ms);
  for (std::int64_t i = 0; i < 500; ++i) {
    estimator.insert(i * 960, 960, base::Time{20ms * i + (i % 3) * 300ms}, false, false);
    ASSERT_LE(estimator.target(), 100ms);
  }
}

// ---- drift_meter, pull_clock

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
