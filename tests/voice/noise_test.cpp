// Somebody speaks beside a fan.

#include <algorithm>
#include <iostream>

#include <gtest/gtest.h>

#include "comcat/voice/chain.h"

#include "voice/sounds.h"

namespace comcat::voice {
namespace {

using namespace testing;

/// Two seconds of the fan alone, then five of a voice 5 dB louder, then the fan alone again.
struct Office {
  Samples voice = delayed(talk(9 * kSecond, "en-us"), 2 * kSecond);
  Samples noise;
  Samples sent;
  Chain chain;

  explicit Office(Noise level) {
    std::fill(voice.begin() + 7 * kSecond, voice.end(), 0.0F);
    noise = fan(voice.size(), dbfs(voice, 2, 7) - 5);
    chain.configure({.echo = false, .noise = level, .gain = {}}, false);
    sent = through(chain, sum(voice, noise), Samples(voice.size()));
  }
};

TEST(Noise, OfAFanIsQuieterByTenDecibelsAndTheVoiceIsNot) {
  for (const Noise level : {Noise::kLow, Noise::kHigh}) {
    const Office office(level);
    EXPECT_GT(dbfs(office.noise, 1, 2) - dbfs(office.sent, 1, 2), 10) << "before";
    EXPECT_GT(dbfs(office.noise, 8, 9) - dbfs(office.sent, 8, 9), 10) << "after";
    std::cout << (level == Noise::kLow ? "low: " : "high: ")
              << dbfs(office.noise, 8, 9) - dbfs(office.sent, 8, 9)
              << " dB of the fan are removed, the voice leaves with "
              << dbfs(office.sent, 2, 7) - dbfs(office.voice, 2, 7) << " dB\n";
    EXPECT_GT(dbfs(office.sent, 2, 7), dbfs(office.voice, 2, 7) - 3);
    EXPECT_GT(office.chain.figures().noise_removed_db.value_or(0), 10);
  }
}

TEST(Noise, HighRemovesMoreThanLow) {
  const Office low(Noise::kLow);
  const Office high(Noise::kHigh);
  EXPECT_LT(dbfs(high.sent, 8, 9), dbfs(low.sent, 8, 9) - 3);
}

}  // namespace
}  // namespace comcat::voice
