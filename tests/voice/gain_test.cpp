// Microphones that are too quiet, or too loud.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/voice/chain.h"

#include "voice/leveller.h"
#include "voice/sounds.h"

namespace comcat::voice {
namespace {

using namespace testing;

constexpr std::size_t kLength = 12 * kSecond;

/// RMS of speech without its pauses: of the blocks within 15 dB of the loudest.
double speech_dbfs(const Samples& sound, double from_s, double to_s) {
  std::vector<double> levels;
  for (double at = from_s; at + 0.01 <= to_s; at += 0.01) {
    levels.push_back(dbfs(sound, at, at + 0.01));
  }
  const double loudest = *std::ranges::max_element(levels);
  double power = 0;
  int blocks = 0;
  for (const double level : levels) {
    if (level < loudest - 15) continue;
    power += std::pow(10, level / 10);
    ++blocks;
  }
  return 10 * std::log10(power / blocks);
}

Samples spoken_at(double level) {
  const Samples voice = talk(kLength, "en-us");
  return louder(voice, level - speech_dbfs(voice, 0, 12));
}

class Loudness : public ::testing::TestWithParam<double> {};

TEST_P(Loudness, OfSpeechComesToTheTargetAndStays) {
  Chain chain;
  chain.configure({.echo = false, .noise = Noise::kOff, .gain = {.adaptive = true}}, false);
  const Samples spoken = spoken_at(GetParam());
  const Samples sent = through(chain, spoken, Samples(kLength));
  EXPECT_NEAR(speech_dbfs(sent, 8, 12), Leveller::kTargetDbfs, 3);
  EXPECT_LT(*std::ranges::max_element(sent), 1);
  // By how much it was made louder, second by second: that it does not pump.
  double least = 100;
  double most = -100;
  for (int second = 6; second < 12; ++second) {
    const double gain = dbfs(sent, second, second + 1) - dbfs(spoken, second, second + 1);
    least = std::min(least, gain);
    most = std::max(most, gain);
  }
  std::cout << "speech of " << GetParam() << " dBFS leaves with " << speech_dbfs(sent, 8, 12)
            << ", and is made louder by " << least << " to " << most << " dB\n";
  EXPECT_LT(most - least, 3);
}

INSTANTIATE_TEST_SUITE_P(Microphones, Loudness, ::testing::Values(-40, -30, -20, -10));

TEST(Gain, OfARoomInWhichNobodySpeaksStays) {
  Chain chain;
  chain.configure({.echo = false, .noise = Noise::kOff, .gain = {.adaptive = true}}, false);
  const Samples room = fan(kLength, -50);
  const Samples sent = through(chain, room, Samples(kLength));
  EXPECT_NEAR(dbfs(sent, 10, 12), dbfs(room, 10, 12), 1);
}

TEST(Gain, IsWhatWasAskedForAndNothingGoesBeyondFullScale) {
  Chain chain;
  chain.configure({.echo = false, .noise = Noise::kOff, .gain = {.adaptive = false, .fixed_db = 6}},
                  false);
  const Samples quiet = spoken_at(-40);
  const Samples sent = through(chain, quiet, Samples(kLength));
  EXPECT_NEAR(dbfs(sent, 1, 12) - dbfs(quiet, 1, 12), 6, 0.3);
  const Samples loud = through(chain, spoken_at(-8), Samples(kLength));
  EXPECT_LE(*std::ranges::max_element(loud), 1);
  EXPECT_GE(*std::ranges::min_element(loud), -1);
}

}  // namespace
}  // namespace comcat::voice
