// Whether somebody speaks.

#include "voice/activity.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "voice/level.h"
#include "voice/sounds.h"

namespace comcat::voice {
namespace {

using namespace testing;

/// Four sentences with two seconds of nothing around each.
Samples conversation() {
  Samples out(2 * kSecond);
  for (const char* sentence : {"Hello there, how are you today?", "Six thick thistle sticks.",
                               "Fine, thank you very much.", "What shall we sing?"}) {
    const Samples said = comcat::testing::speak(sentence);
    out.insert(out.end(), said.begin(), said.end());
    out.resize(out.size() + 2 * kSecond);
  }
  return out;
}

struct Judged {
  std::size_t spoken = 0;  // blocks
  std::size_t all = 0;
  std::size_t missed = 0;  // spoken, and speech was seen neither 300 ms before nor 50 ms after
  std::size_t false_alarms = 0;  // speech was seen where none had been for 300 ms
};

Judged judge(const Samples& voice, const Samples& noise, const Settings& settings) {
  std::vector<bool> spoken;
  std::vector<bool> seen;
  Chain chain;
  chain.configure(settings, true);
  Moment moment;
  const Samples heard = sum(voice, noise);
  for (std::size_t at = 0; at + audio::kBlockSamples <= voice.size(); at += audio::kBlockSamples) {
    spoken.push_back(level_dbfs(std::span(voice).subspan(at, audio::kBlockSamples)) > -50);
    std::copy_n(heard.begin() + static_cast<std::ptrdiff_t>(at), audio::kBlockSamples,
                moment.near.begin());
    chain.process(moment);
    seen.push_back(moment.speech);
  }
  const auto any = [](const std::vector<bool>& of, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, of.size()); ++i) {
      if (of[i]) return true;
    }
    return false;
  };
  Judged out;
  for (std::size_t i = 100; i < spoken.size(); ++i) {
    ++out.all;
    if (spoken[i]) ++out.spoken;
    if (spoken[i] && !any(seen, i - 30, i + 6)) ++out.missed;
    if (seen[i] && !any(spoken, i - 30, i + 2)) ++out.false_alarms;
  }
  return out;
}

TEST(Activity, EveryWordOfAQuietRoomIsSpeechAndNothingElse) {
  const Samples voice = conversation();
  const Judged judged = judge(voice, fan(voice.size(), -60), {});
  EXPECT_EQ(0U, judged.missed);
  EXPECT_LT(judged.false_alarms, 5U);
}

TEST(Activity, BesideAFanTenDecibelsBelowTheVoiceHardlyAWordIsMissed) {
  const Samples voice = conversation();
  const double noise_dbfs = comcat::testing::rms_dbfs(comcat::testing::speak("Hello there.")) - 10;
  for (const Noise noise : {Noise::kOff, Noise::kLow, Noise::kHigh}) {
    const Judged judged =
        judge(voice, fan(voice.size(), noise_dbfs), {.echo = false, .noise = noise, .gain = {}});
    EXPECT_LE(judged.missed * 50, judged.spoken) << "2 %";
    EXPECT_LT(judged.false_alarms * 20, judged.all) << "5 %";
  }
}

/// As of wind, or of air in a pipe: the lower, the louder, and never the same from one moment to
/// the next.
TEST(Activity, ARumbleIsNobodyThoughNothingTakesItOut) {
  const Samples voice = conversation();
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  Samples rumble(voice.size());
  float low = 0;
  for (float& sample : rumble) sample = low = 0.998F * low + normal(random);
  const double ten_db_below =
      comcat::testing::rms_dbfs(comcat::testing::speak("Hello there.")) - 10;
  rumble = louder(rumble, ten_db_below - comcat::testing::rms_dbfs(rumble));
  const Judged judged = judge(voice, rumble, {});
  EXPECT_LE(judged.missed * 50, judged.spoken) << "2 %";
  EXPECT_LT(judged.false_alarms * 10, judged.all) << "10 %";
}

TEST(Activity, ARoomWithoutAnybodyIsSilentHoweverLoudItIs) {
  for (const double level : {-80.0, -60.0, -40.0, -25.0}) {
    const Samples nobody(10 * kSecond);
    const Judged judged = judge(nobody, fan(nobody.size(), level), {});
    EXPECT_LT(judged.false_alarms, 20U) << level;
  }
}

TEST(Activity, WhoSpeaksAtOnceIsHeardAtOnce) {
  const Samples voice = talk(2 * kSecond, "en-us");
  Chain chain;
  chain.configure({}, true);
  Moment moment;
  std::size_t block = 0;
  do {
    std::copy_n(voice.begin() + static_cast<std::ptrdiff_t>(block * audio::kBlockSamples),
                audio::kBlockSamples, moment.near.begin());
    chain.process(moment);
  } while (!moment.speech && ++block < 100);
  EXPECT_LE(block, 8U);
}

}  // namespace
}  // namespace comcat::voice
