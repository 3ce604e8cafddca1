// What a call does to the microphone's sound, block by block.

#include "comcat/client/voice_stages.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include <gtest/gtest.h>

#include "comcat/client/options.h"

#include "support/signal.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using testing::Samples;

constexpr base::Time kStart{1h};
constexpr std::size_t kLength = 8 * 48'000;

/// Somebody's voice is played, and comes back after 60 ms, 10 dB quieter.
class Call : public ::testing::Test {
 protected:
  /// Plays and captures blocks `from` to `to`.
  void go_on(std::size_t from, std::size_t to, bool muted = false) {
    for (std::size_t i = from; i < to; ++i) {
      const base::Time now = kStart + 10ms * i;
      stages_.far_end().play(std::span(far_).subspan(i * 480, 480));
      stages_.far_end().took({now});
      CapturedBlock block;
      block.position = i * 480;
      block.at = now + 1ms;
      for (std::size_t s = 0; s < 480; ++s) {
        const std::size_t at = i * 480 + s;
        block.samples[s] = at < kDelay ? 0 : 0.3F * far_[at - kDelay];
      }
      heard_.insert(heard_.end(), block.samples.begin(), block.samples.end());
      std::ignore = stages_.process(block, muted);
      sent_.insert(sent_.end(), block.samples.begin(), block.samples.end());
    }
  }
  double removed_db(std::size_t from, std::size_t to) const {
    return testing::rms_dbfs(std::span(heard_).subspan(from * 480, (to - from) * 480)) -
           testing::rms_dbfs(std::span(sent_).subspan(from * 480, (to - from) * 480));
  }

  static constexpr std::size_t kDelay = 48 * 60;
  VoiceStages stages_;
  Samples far_ = testing::make_speech(kLength);
  Samples heard_;
  Samples sent_;
};

TEST_F(Call, NothingIsDoneUnlessItIsAskedFor) {
  go_on(0, 100);
  EXPECT_EQ(heard_, sent_);
  EXPECT_EQ(0us, stages_.figures().delay);
}

TEST_F(Call, WhatIsPlayedIsTakenOutOnceThatIsAskedForAndNoLongerAfterwards) {
  ASSERT_TRUE(
      stages_.change({.echo = true, .noise = voice::Noise::kLow, .gain = {}, .activation = {}})
          .ok());
  stages_.set_device_delays(40ms);
  go_on(0, 600);
  EXPECT_GT(removed_db(300, 600), 25);
  EXPECT_GT(stages_.figures().echo_removed_db.value_or(0), 20);
  ASSERT_TRUE(
      stages_.change({.echo = false, .noise = voice::Noise::kOff, .gain = {}, .activation = {}})
          .ok());
  go_on(600, 700);
  EXPECT_NEAR(0, removed_db(600, 700), 0.01);
  EXPECT_EQ(0us, stages_.figures().delay);
}

TEST_F(Call, TheEchoIsLearntOverMute) {
  ASSERT_TRUE(
      stages_.change({.echo = true, .noise = voice::Noise::kLow, .gain = {}, .activation = {}})
          .ok());
  stages_.set_device_delays(40ms);
  go_on(0, 400, /*muted=*/true);
  go_on(400, 500);
  EXPECT_GT(removed_db(400, 500), 25) << "at once";
}

TEST_F(Call, WhileMutedAndNobodyIsHeardTheStagesRest) {
  ASSERT_TRUE(
      stages_.change({.echo = true, .noise = voice::Noise::kHigh, .gain = {}, .activation = {}})
          .ok());
  std::ranges::fill(far_, 0.0F);
  CapturedBlock block;
  block.samples.fill(0.5F);
  const CapturedBlock before = block;
  std::ignore = stages_.process(block, /*muted=*/true);
  EXPECT_EQ(before.samples, block.samples);
  std::ignore = stages_.process(block, /*muted=*/false);
  EXPECT_NE(before.samples, block.samples);
}

TEST_F(Call, AChangeOfOneLeavesTheOthers) {
  VoiceStages::Change first{
      .echo = true, .noise = voice::Noise::kLow, .gain = {}, .activation = {}};
  first.gain = voice::Gain{.adaptive = true, .fixed_db = 0};
  first.activation = Activation::kVoice;
  ASSERT_TRUE(stages_.change(first).ok());
  ASSERT_TRUE(
      stages_.change({.echo = {}, .noise = voice::Noise::kHigh, .gain = {}, .activation = {}})
          .ok());
  EXPECT_EQ(Activation::kVoice, stages_.state().activation);
  EXPECT_EQ(
      (voice::Settings{.echo = true, .noise = voice::Noise::kHigh, .gain = {.adaptive = true}}),
      stages_.state().settings);
}

TEST(VoiceStages, WithAConstantBitrateAllIsSentUnlessAnotherActivationIsAskedFor) {
  ClientOptions options;
  options.input = "device";
  EXPECT_EQ(Activation::kVoice, stages_of(options).activation);
  options.encoder.constant_bitrate = true;
  EXPECT_EQ(Activation::kAlways, stages_of(options).activation);
  options.stages.activation = Activation::kPush;
  EXPECT_EQ(Activation::kPush, stages_of(options).activation);
}

TEST(VoiceStages, AreOffWhereFramesAreTooShortForThemWhichIsToldOnce) {
  ClientOptions options;
  options.input = "device";
  options.output = "device";
  EXPECT_EQ(true, stages_of(options).echo);
  EXPECT_EQ("", stages_notice(options));
  options.encoder.frame = 5ms;
  VoiceStages stages(/*possible=*/false);
  EXPECT_TRUE(stages.change(stages_of(options)).ok());
  EXPECT_NE("", stages_notice(options));
  const absl::Status asked =
      stages.change({.echo = true, .noise = {}, .gain = {}, .activation = {}});
  EXPECT_NE(std::string::npos, asked.message().find("--frame_ms")) << asked;
  EXPECT_EQ(Activation::kVoice, stages.state().activation) << "the encoder judges";
  EXPECT_EQ(voice::Settings{}, stages.state().settings);
  CapturedBlock block;
  block.samples.fill(0.5F);
  const audio::Block before = block.samples;
  EXPECT_TRUE(stages.process(block, false));
  EXPECT_FALSE(stages.continuous());
  EXPECT_EQ(before, block.samples);
  options.input = "file:talk.wav";
  options.output = "null";
  EXPECT_EQ("", stages_notice(options)) << "there was nothing to turn off";
}

}  // namespace
}  // namespace comcat::client
