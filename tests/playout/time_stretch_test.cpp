#include "comcat/playout/time_stretch.h"

#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/tone.h"

namespace comcat::playout {
namespace {

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

}  // namespace
}  // namespace comcat::playout
