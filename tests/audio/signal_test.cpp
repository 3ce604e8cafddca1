#include "support/signal.h"

#include <cmath>

#include <gtest/gtest.h>

namespace comcat::testing {
namespace {

constexpr std::size_t kSecond = 48'000;

TEST(Signal, SilenceAndFullScaleHaveTheirLevels) {
  EXPECT_EQ(-200, rms_dbfs(Samples(480)));
  EXPECT_EQ(-200, rms_dbfs({}));
  EXPECT_NEAR(-3.01, rms_dbfs(make_tone(1000, kSecond, 1)), 0.01);
}

TEST(Signal, OneToneAmongOthersIsMeasuredAlone) {
  Samples sum = make_tone(440, kSecond, 0.5);
  const Samples other = make_tone(660, kSecond, 0.25);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other[i];
  EXPECT_NEAR(-9.03, tone_dbfs(sum, 440), 0.01);
  EXPECT_NEAR(-15.05, tone_dbfs(sum, 660), 0.01);
  EXPECT_LT(tone_dbfs(sum, 880), -60);
}

TEST(Signal, PitchOfATone) {
  for (const double hertz : {80.0, 220.0, 440.0, 997.0}) {
    EXPECT_NEAR(hertz, pitch_hz(make_tone(hertz, kSecond / 5)), hertz / 200) << hertz;
  }
}

TEST(Signal, PitchOfAVoiceIsItsFundamental) {
  Samples voice(kSecond / 5);
  for (int k = 1; k <= 10; ++k) {
    const Samples harmonic = make_tone(120 * k, voice.size(), k == 1 ? 0.02 : 0.08);
    for (std::size_t i = 0; i < voice.size(); ++i) voice[i] += harmonic[i];
  }
  EXPECT_NEAR(120, pitch_hz(voice), 1);
}

TEST(Signal, NoiseAndSilenceHaveNoPitch) {
  Samples noise(kSecond / 5);
  unsigned state = 1;
  for (float& sample : noise) {
    state = state * 1'664'525 + 1'013'904'223;
    sample = static_cast<float>(state >> 8) / static_cast<float>(1 << 24) - 0.5F;
  }
  EXPECT_EQ(0, pitch_hz(noise));
  EXPECT_EQ(0, pitch_hz(Samples(kSecond / 5)));
}

TEST(Signal, ASentenceIsFoundWhereItIs) {
  const Samples sent = make_speech(5 * kSecond);
  Samples heard(12'345);
  for (const float sample : sent) heard.push_back(sample / 4);  // quieter is the same
  heard.resize(heard.size() + kSecond);
  const Match match = find_in(sent, heard);
  EXPECT_EQ(12'345, match.lag_samples);
  EXPECT_NEAR(1, match.peak, 1e-6);
}

TEST(Signal, AnotherSentenceIsNotFound) {
  EXPECT_LT(find_in(make_speech(kSecond, 1), make_speech(3 * kSecond, 2)).peak, 0.4);
}

TEST(Signal, NoiseOnTheLineLowersTheLikeness) {
  const Samples sent = make_speech(kSecond);
  Samples heard = sent;
  const Samples hum = make_tone(50, kSecond, 0.05);
  for (std::size_t i = 0; i < heard.size(); ++i) heard[i] += hum[i];
  const Match match = find_in(sent, heard);
  EXPECT_EQ(0, match.lag_samples);
  EXPECT_LT(match.peak, 0.99);
  EXPECT_GT(match.peak, 0.5);
}

TEST(Signal, TooLittleHeardIsNoMatch) {
  EXPECT_EQ(0, find_in(make_speech(480), make_speech(479)).peak);
  EXPECT_EQ(0, find_in({}, make_speech(479)).peak);
}

TEST(Signal, WordsThatWereMovedAgainstEachOtherAreStillTheSame) {
  const Samples said = make_speech(3 * 48'000);
  Samples heard(said.begin(), said.begin() + 70'000);
  heard.resize(heard.size() + 2'400);  // a wait of 50 ms
  heard.insert(heard.end(), said.begin() + 70'000, said.end());
  EXPECT_LT(find_in(said, heard).peak, 0.8);
  EXPECT_GT(likeness_by_words(said, heard), 0.9);
}

TEST(Signal, WordsThatAreMissingAreMissed) {
  const Samples said = make_speech(3 * 48'000);
  Samples heard = said;
  std::fill(heard.begin() + 48'000, heard.begin() + 2 * 48'000, 0.0F);
  EXPECT_LT(likeness_by_words(said, heard), 0.8);
  EXPECT_LT(likeness_by_words(said, make_speech(3 * 48'000, 2)), 0.7);
}

}  // namespace
}  // namespace comcat::testing
