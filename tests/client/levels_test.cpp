// How loud a call's sound is.

#include "comcat/client/levels.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "comcat/client/capture.h"
#include "comcat/client/playback.h"

#include "client/session_fixtures.h"
#include "support/tone.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::tone;

constexpr base::Time kStart{1h};
constexpr std::size_t kWindow = audio::to_samples(LevelMeter::kWindow);

TEST(LevelMeter, TellsTheLevelOfTheLastTenthOfASecondAndThePeakOfThree) {
  LevelMeter meter;
  EXPECT_EQ(Levels{}, meter.levels(kStart)) << "nothing has come yet";
  meter.add(std::vector<float>(kWindow, 0.5F), kStart);
  EXPECT_EQ((Levels{6, 6}), meter.levels(kStart));
  base::Time now = kStart;
  for (int windows = 1; windows < 30; ++windows) {
    now += LevelMeter::kWindow;
    for (int part = 0; part < 10; ++part) meter.add(std::vector<float>(kWindow / 10, 0.01F), now);
    EXPECT_EQ((Levels{40, 6}), meter.levels(now)) << windows;
  }
  meter.add(std::vector<float>(kWindow, 0), now);
  EXPECT_EQ((Levels{wire::kSilentDbov, 40}), meter.levels(now));
}

TEST(LevelMeter, ADeviceThatBringsNothingMoreIsSilent) {
  LevelMeter meter;
  meter.add(std::vector<float>(kWindow, 1.0F), kStart);
  EXPECT_EQ((Levels{0, 0}), meter.levels(kStart + LevelMeter::kStale));
  EXPECT_EQ(Levels{}, meter.levels(kStart + LevelMeter::kStale + 1ms));
}

TEST(LevelMeter, WhatIsNoSoundIsSilent) {
  LevelMeter meter;
  meter.add(std::vector<float>(kWindow, std::nanf("")), kStart);
  EXPECT_EQ(wire::kSilentDbov, meter.levels(kStart).level_dbov);
}

TEST(LevelMeter, HearsTheMicrophoneBehindItsStagesMutedOrNot) {
  const auto capture = *Capture::create({}, [](const wire::VoicePacket&) {});
  ASSERT_TRUE(capture->stages().change({{}, {}, voice::Gain{.fixed_db = 6}, {}}).ok());
  capture->set_muted(true);
  EXPECT_EQ(Levels{}, capture->levels(base::steady_now()));
  capture->set_muted(false);
  // The stages look ahead: some windows, of which the last is whole.
  for (std::size_t at = 0; at < 4 * kWindow; at += audio::kBlockSamples) {
    capture->on_captured(tone(440, 0.25, audio::kBlockSamples, at));
    capture->step(0us);
  }
  EXPECT_NEAR(6, capture->levels(base::steady_now()).peak_dbov, 1) << "half of full scale";
  EXPECT_NEAR(9, capture->levels(base::steady_now()).level_dbov, 1) << "the same, of a sine";
}

TEST(LevelMeter, HearsWhatIsPlayedAndNothingWhereNobodySpeaks) {
  Playback playback;
  std::vector<float> played(kWindow);
  playback.render(played, kStart);
  EXPECT_EQ(Levels{}, playback.levels(kStart));
}

TEST_F(InACall, LevelsTellsMicrophoneAndLoudspeaker) {
  world_.sound_levels = {{23, 8}, {30, 12}};
  type("levels");
  ASSERT_EQ(1U, world_.shown.size());
  EXPECT_THAT(to_json(world_.shown.front()),
              HasSubstr(R"("input_dbov":-23,"input_peak_dbov":-8,"output_dbov":-30,)"
                        R"("output_peak_dbov":-12,"muted":false})"));
  EXPECT_THAT(world_.take_texts(), ElementsAre("your microphone: -23 dBov, peak -8 dBov\n"
                                               "what you hear: -30 dBov, peak -12 dBov"));
  type("mute");
  world_.take_texts();
  world_.sound_levels = {{wire::kSilentDbov, 0}, {}};
  type("levels");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("your microphone: silent, peak 0 dBov (too loud: its peaks are cut off), "
                          "but you are muted\nwhat you hear: silent"));
}

}  // namespace
}  // namespace comcat::client
