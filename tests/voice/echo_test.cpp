// Others are heard from a loudspeaker, and come back into the microphone.

#include <chrono>
#include <iostream>
#include <tuple>

#include <gtest/gtest.h>

#include "comcat/voice/chain.h"

#include "voice/sounds.h"

namespace comcat::voice {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using std::chrono::milliseconds;

constexpr std::size_t kLength = 9 * kSecond;
constexpr Settings kUsual{.echo = true, .noise = Noise::kLow, .gain = {}};

const Samples& far_voice() {
  static const auto* const voice = new Samples(talk(kLength, "en-us"));
  return *voice;
}

const Samples& its_echo() {
  static const auto* const echo = new Samples(in_a_room(far_voice()));
  return *echo;
}

/// As a card hears it whose clock runs faster by `ppm`.
Samples skewed(const Samples& sound, double ppm) {
  Samples out(sound.size());
  for (std::size_t n = 0; n < out.size(); ++n) {
    const double at = static_cast<double>(n) * (1 + ppm * 1e-6);
    const auto before = static_cast<std::size_t>(at);
    const auto part = static_cast<float>(at - static_cast<double>(before));
    if (before + 1 < sound.size()) {
      out[n] = sound[before] * (1 - part) + sound[before + 1] * part;
    }
  }
  return out;
}

Samples heard(milliseconds delay, double ppm = 0) {
  const Samples echo =
      delayed(its_echo(), static_cast<std::size_t>(delay.count()) * kSecond / 1000);
  return sum(skewed(echo, ppm), fan(kLength, -66));
}

struct Path {
  milliseconds delay;
  milliseconds told_wrong_by;
  double ppm = 0;
};

class Echo : public ::testing::TestWithParam<Path> {};

TEST_P(Echo, IsGoneAfterThreeSeconds) {
  const Path path = GetParam();
  Chain chain;
  chain.configure(kUsual, false);
  const Samples microphone = heard(path.delay, path.ppm);
  const Samples sent = through(chain, microphone, far_voice(), path.delay + path.told_wrong_by);
  const double removed_db = dbfs(microphone, 3, 9) - dbfs(sent, 3, 9);
  std::cout << "an echo after " << path.delay.count() << " ms, told wrong by "
            << path.told_wrong_by.count() << " ms, clocks apart by " << path.ppm
            << " ppm: " << removed_db << " dB are removed\n";
  EXPECT_GT(removed_db, 35);
  EXPECT_GT(chain.figures().echo_removed_db.value_or(0), 30);
}

INSTANTIATE_TEST_SUITE_P(Paths, Echo,
                         ::testing::Values(Path{30ms, 0ms}, Path{80ms, 0ms}, Path{150ms, 0ms},
                                           Path{250ms, 0ms}, Path{30ms, 60ms}, Path{80ms, -60ms},
                                           Path{150ms, 60ms}, Path{250ms, -60ms},
                                           Path{30ms, 0ms, 100}, Path{250ms, 60ms, -100}));

class DoubleTalk : public ::testing::TestWithParam<milliseconds> {};

TEST_P(DoubleTalk, LeavesWhoIsNearAsLoudAsHeIs) {
  Chain chain;
  chain.configure(kUsual, false);
  constexpr std::size_t kBegins = 5 * kSecond;
  const Samples near = talk(kLength, "en-us+f3");
  const Samples microphone = sum(heard(GetParam()), delayed(near, kBegins));
  const Samples sent = through(chain, microphone, far_voice(), GetParam());
  const double changed_db = dbfs(sent, 5.1, 9) - dbfs(near, 0.1, 4);
  std::cout << "double talk, echo after " << GetParam().count() << " ms: who is near leaves with "
            << changed_db << " dB\n";
  EXPECT_GT(changed_db, -5);
  EXPECT_LT(changed_db, 1);
}

INSTANTIATE_TEST_SUITE_P(Delays, DoubleTalk, ::testing::Values(30ms, 80ms, 150ms, 250ms));

TEST(NoEcho, NothingIsRemovedWhileNobodyElseSpeaks) {
  Chain chain;
  chain.configure({.echo = true, .noise = Noise::kOff, .gain = {}}, false);
  const Samples near = talk(kLength, "en-us+f3");
  const Samples sent = through(chain, near, Samples(kLength));
  EXPECT_NEAR(dbfs(sent, 1, 9), dbfs(near, 1, 9), 0.5);
  EXPECT_FALSE(chain.figures().echo_removed_db.has_value()) << "there was none";
}

TEST(NoEcho, WhoeverWearsHeadphonesIsHeardWhileOthersSpeakForTheFirstTime) {
  constexpr std::size_t kBegins = 5 * kSecond / 2;
  const Samples near = delayed(talk(kLength, "en-us+f3"), kBegins);
  for (const milliseconds told : {0ms, 80ms, 250ms}) {
    Chain chain;
    chain.configure(kUsual, false);
    const Samples sent = through(chain, near, far_voice(), told);
    EXPECT_GT(dbfs(sent, 2.5, 6), dbfs(near, 2.5, 6) - 6) << told.count();
  }
}

TEST(NoEcho, AToneIsHeardWhileAnotherSounds) {
  const Samples near = delayed(comcat::testing::make_tone(240, kLength, 0.25), 2 * kSecond);
  Chain chain;
  chain.configure({.echo = true, .noise = Noise::kOff, .gain = {}}, false);
  const Samples sent = through(chain, near, comcat::testing::make_tone(440, kLength, 0.25));
  EXPECT_GT(dbfs(sent, 2.1, 6), dbfs(near, 2.1, 6) - 3);
}

/// As of a loudspeaker that is turned up, before anything has been learnt.
TEST(LoudEcho, AsLoudAsItsCauseIsFaintFromItsFirstWord) {
  for (const milliseconds delay : {30ms, 80ms, 250ms}) {
    Chain chain;
    chain.configure(kUsual, false);
    const Samples microphone = louder(heard(delay), 10);
    const Samples sent = through(chain, microphone, far_voice(), delay);
    EXPECT_GT(dbfs(microphone, 0, 1.5) - dbfs(sent, 0, 1.5), 15) << delay.count();
  }
}

TEST(StageChain, IsAsLateAsItSays) {
  const Samples near = talk(4 * kSecond, "en-us+f3");
  for (const Settings settings :
       {Settings{.echo = true, .noise = Noise::kOff, .gain = {}}, kUsual,
        Settings{.echo = false, .noise = Noise::kHigh, .gain = {}},
        Settings{.echo = true, .noise = Noise::kLow, .gain = {.adaptive = true}},
        Settings{.echo = false, .noise = Noise::kOff, .gain = {.adaptive = true}}}) {
    Chain chain;
    chain.configure(settings, false);
    const Samples sent = through(chain, near, Samples(near.size()));
    const auto match =
        comcat::testing::find_in(std::span(near).subspan(kSecond, 2 * kSecond), sent);
    const auto late_us = (match.lag_samples - static_cast<std::ptrdiff_t>(kSecond)) * 1000 / 48;
    EXPECT_NEAR(static_cast<double>(chain.figures().delay.count()), static_cast<double>(late_us),
                500);
    EXPECT_LE(chain.figures().delay, 15ms);
  }
}

TEST(StageChain, WithNothingAskedForASoundStaysAsItIs) {
  Chain chain;
  EXPECT_FALSE(chain.on());
  const Samples near = talk(kSecond, "en-us+f3");
  EXPECT_EQ(near, through(chain, near, near));
  chain.configure(kUsual, true);
  EXPECT_TRUE(chain.on());
  std::ignore = through(chain, near, near);
  chain.configure({}, false);
  EXPECT_FALSE(chain.on());
  EXPECT_EQ(near, through(chain, near, near));
  EXPECT_EQ(0us, chain.figures().delay);
}

}  // namespace
}  // namespace comcat::voice
