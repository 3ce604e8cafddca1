// Another input, another output while both are in use, without a sound card.

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/client/sound.h"

#include "absl/synchronization/notification.h"
#include "support/process.h"

namespace comcat::client {
namespace {

using ::testing::HasSubstr;
using Side = Sound::Side;

class SoundChoice : public ::testing::Test {
 protected:
  SoundChoice() {
    Sound::Options options;
    options.input = "tone:440";
    options.output = "null";
    options.send = [](const wire::VoicePacket&) {};
    options.on_failure = [this](Sound::Sides, const absl::Status&) { ++failures_; };
    sound_ = *Sound::create(std::move(options));
    EXPECT_TRUE(sound_->start().ok());
  }
  ~SoundChoice() override { sound_->stop(); }

  absl::Status choose(Side side, const std::string& spec) {
    absl::Notification done;
    absl::Status result;
    sound_->choose(side, spec, [&](absl::Status status) {
      result = std::move(status);
      done.Notify();
    });
    done.WaitForNotification();
    return result;
  }

  const testing::TemporaryDirectory directory_;
  std::atomic<int> failures_{0};
  std::unique_ptr<Sound> sound_;
};

TEST_F(SoundChoice, TakesThePlaceOfTheOneBefore) {
  EXPECT_TRUE(choose(Side::kInput, "null").ok());
  EXPECT_EQ("microphone: null; loudspeaker: null", sound_->description());
  EXPECT_TRUE(choose(Side::kInput, "tone:220").ok());
  const std::string wanted = directory_.file("heard.wav");
  EXPECT_TRUE(choose(Side::kOutput, "file:" + wanted).ok());
  EXPECT_EQ("microphone: tone:220; loudspeaker: file:" + wanted, sound_->description());
  EXPECT_EQ(wanted, sound_->recording());
  EXPECT_TRUE(choose(Side::kOutput, "null").ok());
  EXPECT_EQ("", sound_->recording());
  EXPECT_TRUE(std::filesystem::exists(wanted));
  EXPECT_EQ(0, failures_);
}

TEST_F(SoundChoice, WhatIsNotThereLeavesTheOneBeforeInItsPlace) {
  const absl::Status nowhere = choose(Side::kInput, "file:" + directory_.file("nothing.wav"));
  EXPECT_THAT(nowhere.message(), HasSubstr("nothing.wav"));
  EXPECT_THAT(choose(Side::kOutput, "file:heard.mp3").message(), HasSubstr(".wav or .flac"));
  EXPECT_THAT(choose(Side::kOutput, "tone:440").message(), HasSubstr("--output"));
  EXPECT_EQ("microphone: tone:440; loudspeaker: null", sound_->description());
}

TEST_F(SoundChoice, ThatFailsAsItBeginsGivesThePlaceBack) {
  // Its name is right, and only opening it fails.
  const absl::Status status =
      choose(Side::kOutput, "file:" + directory_.file("no/such/place/heard.wav"));
  EXPECT_FALSE(status.ok());
  EXPECT_EQ("microphone: tone:440; loudspeaker: null", sound_->description());
  EXPECT_TRUE(choose(Side::kOutput, "null").ok());
  EXPECT_EQ(0, failures_);
}

TEST_F(SoundChoice, OneThatNobodyWaitsForAnyMoreIsForgotten) {
  sound_->choose(Side::kInput, "null", [](const absl::Status&) {});
  sound_->stop();
}

}  // namespace
}  // namespace comcat::client
