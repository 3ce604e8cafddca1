// Several channels become one, and what was in them keeps its level.

#include "audio/downmix.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <sndfile.h>

#include "comcat/audio/frame.h"

#include "support/signal.h"

namespace comcat::audio {
namespace {

using testing::Samples;

constexpr std::size_t kLength = 96'000;
constexpr std::size_t kStride = 480;

/// Mixes channels of equal length, 10 ms at a time.
Samples mixed(const std::vector<Samples>& channels, const ChannelWeights& weights) {
  Downmix downmix(weights, kSampleRate);
  Samples interleaved;
  for (std::size_t i = 0; i < channels.front().size(); ++i) {
    for (const Samples& channel : channels) interleaved.push_back(channel[i]);
  }
  Samples mono(channels.front().size());
  for (std::size_t at = 0; at < mono.size(); at += kStride) {
    const std::size_t count = std::min(kStride, mono.size() - at);
    downmix.process(interleaved.data() + at * channels.size(),
                    std::span<float>(mono).subspan(at, count));
  }
  return mono;
}

ChannelWeights usual(int channels) {
  return default_weights(channels, ChannelOrder::kWave);
}

/// By how many dB `speech` is louder or quieter once it has been mixed down from channel `used`.
double level_from(std::size_t used, int channels) {
  const Samples speech = testing::make_speech(kLength);
  std::vector<Samples> all(static_cast<std::size_t>(channels), Samples(kLength));
  all[used] = speech;
  return testing::rms_dbfs(mixed(all, usual(channels))) - testing::rms_dbfs(speech);
}

Samples upside_down(Samples samples) {
  for (float& sample : samples) sample = -sample;
  return samples;
}

/// The largest step from one sample to the next.
float steepest(std::span<const float> samples) {
  float most = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    most = std::max(most, std::abs(samples[i] - samples[i - 1]));
  }
  return most;
}

TEST(Downmix, SpeechInAnyFrontChannelOfSurroundSoundKeepsItsLevel) {
  for (const int channels : {3, 5, 6, 7, 8}) {
    for (const std::size_t front : {0, 1, 2}) EXPECT_NEAR(0, level_from(front, channels), 0.1);
  }
}

TEST(Downmix, WhatIsBehindIs3DbQuieterAndTheLowFrequencyChannelIsLeftOut) {
  EXPECT_NEAR(-3.01, level_from(2, 4), 0.1);
  EXPECT_NEAR(-3.01, level_from(4, 6), 0.1);
  EXPECT_NEAR(-3.01, level_from(7, 8), 0.1);
  EXPECT_LT(level_from(3, 6), -100);
  EXPECT_LT(level_from(3, 8), -100);
}

TEST(Downmix, OneSidedStereoKeepsItsLevel) {
  EXPECT_NEAR(0, level_from(0, 2), 0.1);
  EXPECT_NEAR(0, level_from(1, 2), 0.1);
}

TEST(Downmix, TheSameSpeechInEveryChannelIsThatSpeech) {
  const Samples speech = testing::make_speech(kLength);
  for (const int channels : {2, 3, 5, 6, 8, 16}) {
    const std::vector<Samples> all(static_cast<std::size_t>(channels), speech);
    const Samples mono = mixed(all, usual(channels));
    EXPECT_NEAR(testing::rms_dbfs(speech), testing::rms_dbfs(mono), 0.1) << channels;
    EXPECT_LE(*std::max_element(mono.begin(), mono.end()),
              1.02F * *std::max_element(speech.begin(), speech.end()))
        << "no louder anywhere";
  }
}

TEST(Downmix, AntiphaseStereoIsHeard) {
  const Samples speech = testing::make_speech(kLength);
  const Samples mono = mixed({speech, upside_down(speech)}, usual(2));
  EXPECT_NEAR(testing::rms_dbfs(speech), testing::rms_dbfs(mono), 0.1);
  EXPECT_GE(testing::find_in(speech, mono).peak, 0.999);
}

TEST(Downmix, OfThreeChannelsOneMayBeUpsideDown) {
  const Samples speech = testing::make_speech(kLength);
  const Samples mono = mixed({speech, upside_down(speech), speech}, usual(3));
  EXPECT_NEAR(testing::rms_dbfs(speech), testing::rms_dbfs(mono), 0.1);
}

TEST(Downmix, OfTwoPeopleOnOneSideEachBothKeepTheirLevel) {
  const Samples left = testing::make_tone(440, kLength, 0.2);
  const Samples right = testing::make_tone(660, kLength, 0.3);
  const Samples mono = mixed({left, right}, usual(2));
  EXPECT_NEAR(testing::rms_dbfs(left), testing::tone_dbfs(mono, 440), 0.5);
  EXPECT_NEAR(testing::rms_dbfs(right), testing::tone_dbfs(mono, 660), 0.5);
}

TEST(Downmix, ASpeakerWhoWalksAcrossIsHeardThroughoutAndWithoutClicks) {
  const Samples tone = testing::make_tone(440, kLength, 0.3);
  Samples left = tone;
  Samples right = tone;
  std::fill(right.begin(), right.begin() + kLength / 4, 0.0F);  // where the tone is zero
  std::fill(left.begin() + 3 * kLength / 4, left.end(), 0.0F);
  const Samples mono = mixed({left, right}, usual(2));
  for (std::size_t at = 0; at + 4800 <= kLength; at += 4800) {
    const double dbfs = testing::rms_dbfs(std::span<const float>(mono).subspan(at, 4800));
    EXPECT_GE(dbfs, testing::rms_dbfs(tone) - 6.1) << at;
    EXPECT_LE(dbfs, testing::rms_dbfs(tone) + 6.1) << at;
  }
  const float step = steepest(tone);
  EXPECT_LE(steepest(std::span<const float>(mono).first(kLength / 4)), 1.01F * step);
  EXPECT_LE(steepest(mono), 2.5F * step) << "a step of the gain would be far steeper";
}

TEST(Downmix, SilenceBeforeTheSpeechDecidesNothing) {
  Samples speech(kLength);
  const Samples said = testing::make_speech(kLength / 2);
  std::copy(said.begin(), said.end(), speech.begin() + kLength / 2);
  const Samples mono = mixed({speech, upside_down(speech)}, usual(2));
  const auto later = std::span<const float>(mono).subspan(kLength / 2);
  EXPECT_NEAR(testing::rms_dbfs(said), testing::rms_dbfs(later), 0.1);
}

TEST(Downmix, SamplesThatAreNoNumbersDisturbNothing) {
  Samples speech = testing::make_speech(kLength);
  const Samples clean = speech;
  Samples other(kLength);
  other[1'000] = std::nanf("");
  other[2'000] = std::numeric_limits<float>::infinity();
  other[3'000] = 1e30F;
  const Samples mono = mixed({speech, other}, usual(2));
  for (const float sample : mono) ASSERT_TRUE(std::isfinite(sample));
  const auto end = std::span<const float>(mono).subspan(kLength / 2);
  EXPECT_NEAR(testing::rms_dbfs(std::span<const float>(clean).subspan(kLength / 2)),
              testing::rms_dbfs(end), 0.1);
}

TEST(ChannelLayout, VorbisPutsTheCentreBetweenLeftAndRight) {
  const ChannelWeights weights = default_weights(6, ChannelOrder::kVorbis);
  EXPECT_FLOAT_EQ(1, weights[1]) << "the centre";
  EXPECT_FLOAT_EQ(0, weights[5]) << "the low-frequency channel";
}

TEST(ChannelLayout, AFilesOwnMapGoesBeforeTheUsualLayout) {
  const int map[] = {SF_CHANNEL_MAP_LFE, SF_CHANNEL_MAP_FRONT_CENTER, SF_CHANNEL_MAP_REAR_LEFT};
  const ChannelWeights weights = weights_of(map);
  ASSERT_EQ(3U, weights.size());
  EXPECT_FLOAT_EQ(0, weights[0]);
  EXPECT_FLOAT_EQ(1, weights[1]);
  EXPECT_NEAR(0.707, weights[2], 0.001);
}

TEST(ChannelLayout, AMapWithoutSenseOrSoundIsNoMap) {
  const int nonsense[] = {0, -1'982'801'373};
  const int nothing_but_low[] = {SF_CHANNEL_MAP_LFE};
  EXPECT_TRUE(weights_of(nonsense).empty());
  EXPECT_TRUE(weights_of(nothing_but_low).empty());
}

TEST(ChannelLayout, BeyondEightChannelsAllAreEqual) {
  for (const float weight : usual(64)) EXPECT_FLOAT_EQ(1, weight);
}

}  // namespace
}  // namespace comcat::audio
