// Capture and playback, step by step, without a device.

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/client/capture.h"
#include "comcat/client/playback.h"
#include "comcat/codec/decoder.h"

#include "support/tone.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using testing::tone;

constexpr base::Time kStart{1h};

class Speaking : public ::testing::Test {
 protected:
  Speaking() {
    auto created = Capture::create({}, [this](const wire::VoicePacket& f) { sent_.push_back(f); });
    capture_ = *std::move(created);
  }
  /// `samples` of a tone, in pieces of `piece`, each followed by a turn of the encode thread.
  void speak(std::size_t samples, std::size_t piece = audio::kBlockSamples) {
    const std::vector<float> sound = tone(440, 0.5, samples, spoken_);
    spoken_ += samples;
    for (std::size_t at = 0; at < samples; at += piece) {
      capture_->on_captured({sound.data() + at, std::min(piece, samples - at)});
      capture_->step(0us);
    }
  }

  std::unique_ptr<Capture> capture_;
  std::vector<wire::VoicePacket> sent_;
  std::size_t spoken_ = 0;
};

TEST_F(Speaking, BuffersOfAnySizeBecomeFramesInSequence) {
  speak(9600, 333);
  ASSERT_EQ(10U, sent_.size());
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    EXPECT_EQ(i, sent_[i].sequence);
    EXPECT_EQ(i * 960, sent_[i].timestamp);
    EXPECT_NEAR(9, sent_[i].level_dbov, 1) << "a sine of half scale";
    EXPECT_EQ(960U, sent_[i].duration_samples);
    EXPECT_EQ(960U, codec::packet_samples(sent_[i].payload));
  }
}

TEST_F(Speaking, WhileMutedNothingLeavesAndNothingIsEncoded) {
  speak(9600);
  const Capture::Stats before = capture_->stats();
  capture_->set_muted(true);
  speak(480'000);
  const Capture::Stats muted = capture_->stats();
  EXPECT_EQ(before.encoded_frames, muted.encoded_frames);
  EXPECT_EQ(before.captured_blocks, muted.captured_blocks) << "what nobody may hear is not counted";
  EXPECT_EQ(wire::kSilentDbov, muted.level_dbov);
  EXPECT_EQ(10U, sent_.size());
}

TEST_F(Speaking, WhatWasSaidJustBeforeMuteStaysUnsaid) {
  const std::vector<float> sound = tone(440, 0.5, 960);
  capture_->on_captured(sound);
  capture_->set_muted(true);
  capture_->step(0us);
  EXPECT_TRUE(sent_.empty());
}

TEST_F(Speaking, WhatWasSaidWhileMutedStaysUnsaidThoughTheEncodeThreadWasLate) {
  const std::vector<float> sound = tone(440, 0.5, 960);
  capture_->set_muted(true);
  capture_->on_captured(sound);
  capture_->set_muted(false);
  capture_->step(0us);
  EXPECT_TRUE(sent_.empty());
  capture_->on_captured(sound);
  capture_->step(0us);
  ASSERT_EQ(1U, sent_.size());
  EXPECT_EQ(960U, sent_[0].timestamp);
}

TEST_F(Speaking, TimestampsGoOnOverMuteAndSequenceNumbersDoNot) {
  speak(1440);  // a frame and a half
  capture_->set_muted(true);
  speak(48'000);
  capture_->set_muted(false);
  speak(960);
  ASSERT_EQ(2U, sent_.size());
  EXPECT_EQ(1U, sent_[1].sequence);
  EXPECT_EQ(49'440U, sent_[1].timestamp) << "a whole frame of fresh sound";
}

TEST_F(Speaking, SilenceIsHardlySentUnlessAllIs) {
  const std::vector<float> silence(480, 0.0F);
  const auto hear_5_s = [&] {
    sent_.clear();
    for (int i = 0; i < 500; ++i) {
      capture_->on_captured(silence);
      capture_->step(0us);
    }
  };
  VoiceStages::Change change;
  change.activation = Activation::kPush;
  ASSERT_TRUE(capture_->stages().change(change).ok());
  capture_->stages().set_talking(true);
  hear_5_s();
  EXPECT_EQ(250U, capture_->stats().encoded_frames);
  EXPECT_LT(sent_.size(), 50U);
  EXPECT_EQ(wire::kSilentDbov, capture_->stats().level_dbov);
  change.activation = Activation::kAlways;
  ASSERT_TRUE(capture_->stages().change(change).ok());
  hear_5_s();
  EXPECT_EQ(250U, sent_.size());
}

TEST_F(Speaking, ALateEncoderCostsAtMost100msAndTheTimestampsTell) {
  const std::vector<float> sound = tone(440, 0.5, 9600);
  capture_->on_captured(sound);  // 200 ms at once; the ring holds 100
  capture_->step(0us);
  EXPECT_EQ(10U, capture_->stats().overflowed_blocks);
  EXPECT_EQ(5U, sent_.size());
  capture_->on_captured({sound.data(), 960});
  capture_->step(0us);
  ASSERT_EQ(6U, sent_.size());
  EXPECT_EQ(5U, sent_[5].sequence);
  EXPECT_EQ(9600U, sent_[5].timestamp);
}

// ---- playback

struct Listener {
  /// Encoded frames of a tone as they come from the stream.
  std::vector<wire::VoicePackets> frames(std::size_t count, wire::SessionNumber speaker = 7) {
    std::vector<wire::VoicePackets> out;
    auto encoder = codec::Encoder::create({});
    for (std::size_t i = 0; i < count; ++i) {
      const auto packet = encoder->encode(tone(440, 0.5, 960, i * 960));
      wire::VoicePacket frame;
      frame.speaker = speaker;
      frame.sequence = static_cast<std::uint32_t>(i);
      frame.timestamp = static_cast<std::uint32_t>(i * 960);
      frame.level_dbov = level_dbov_;
      frame.payload = packet;
      out.push_back({frame});
    }
    return out;
  }

  /// Plays `count` frames that arrive each 20 ms, to a device that takes `buffer` samples at a
  /// time.
  std::vector<float> listen(std::size_t count, std::size_t buffer) {
    std::vector<float> heard;
    std::size_t due = 0;
    for (wire::VoicePackets& frame : frames(count)) {
      frame.front().sequence += spoken_frames_;
      frame.front().timestamp += spoken_frames_ * 960;
      const base::Time now = kStart + 20ms * (spoken_frames_ + due / 960 + 1);
      playback_.receive(std::move(frame), wire::Via::kStream, now - 20ms);
      due += 960;
      while (heard.size() + buffer <= due) {
        std::vector<float> samples(buffer, 9.0F);
        playback_.render(samples, now);
        heard.insert(heard.end(), samples.begin(), samples.end());
      }
    }
    spoken_frames_ += static_cast<std::uint32_t>(count);
    return heard;
  }

  /// The speaker pauses for `frames` of 20 ms.
  void be_silent(std::uint32_t frames) {
    for (const std::uint32_t end = spoken_frames_ + frames; spoken_frames_ < end;
         ++spoken_frames_) {
      std::vector<float> samples(960);
      playback_.render(samples, kStart + 20ms * (spoken_frames_ + 1));
    }
  }

  Playback playback_;
  std::uint32_t spoken_frames_ = 0;
  std::uint8_t level_dbov_ = 9;  // of the frames that come
};

class Listening : public ::testing::Test, protected Listener {};

TEST_F(Listening, WhatArrivesIsHeardWhateverTheDeviceAsksFor) {
  for (const std::size_t buffer : {64U, 480U, 1024U, 2048U}) {
    Listener listener;
    const std::vector<float> heard = listener.listen(100, buffer);
    const std::span<const float> end(heard.end() - 24'000, heard.end());
    EXPECT_GT(testing::amplitude_at(440, end), 0.3) << buffer;
    EXPECT_TRUE(std::all_of(heard.begin(), heard.end(), [](float s) { return std::abs(s) <= 1; }));
  }
}

TEST_F(Listening, WhoIsDeafenedHearsNothing) {
  playback_.set_deafened(true);
  const std::vector<float> heard = listen(50, 480);
  EXPECT_EQ(heard.end(), std::find_if(heard.begin(), heard.end(), [](float s) { return s != 0; }));
  EXPECT_TRUE(playback_.stats(kStart).speakers.empty());
}

TEST_F(Listening, WhatIsSaidToTheDeafenedIsNeitherLostNorConcealed) {
  std::ignore = listen(50, 480);
  playback_.set_deafened(true);
  std::ignore = listen(300, 480);
  playback_.set_deafened(false);
  std::ignore = listen(50, 480);
  const playout::PlayoutStats stats = playback_.stats(kStart).speakers.at(7);
  EXPECT_EQ(0U, stats.lost_frames);
  EXPECT_EQ(0U, stats.concealed_samples);
  EXPECT_GT(stats.decoded_samples, 40U * 960);
}

TEST_F(Listening, WhoLeavesAndReturnsAtOnceIsHeardAtTheVolumeGivenToHimOverAPause) {
  const auto loudness = [](const std::vector<float>& heard) {
    return testing::amplitude_at(440, std::span(heard).last(24'000));
  };
  playback_.set_gain(7, 0.25F);
  std::ignore = listen(50, 480);
  playback_.remove(7);
  playback_.set_gain(7, 0.25F);
  EXPECT_NEAR(0.125, loudness(listen(50, 480)), 0.03);
  be_silent(100);
  EXPECT_NEAR(0.125, loudness(listen(50, 480)), 0.03);
}

TEST_F(Listening, WhoSpeaksIsTalkingAndHeWhoIsSilentIsNotThoughHisFramesCome) {
  std::ignore = listen(50, 480);
  const base::Time said = kStart + 20ms * (spoken_frames_ - 1);
  EXPECT_TRUE(playback_.stats(said + 400ms).speakers.at(7).talking) << "between two words";
  EXPECT_FALSE(playback_.stats(said + 401ms).speakers.at(7).talking);
  level_dbov_ = Playback::kVoiceDbov + 1;  // what a microphone hears of a quiet room
  std::ignore = listen(50, 480);
  EXPECT_FALSE(playback_.stats(kStart + 20ms * spoken_frames_).speakers.at(7).talking);
}

TEST_F(Listening, WhoHasLeftIsNotTalking) {
  std::ignore = listen(50, 480);
  playback_.remove(7);
  for (const auto& [number, speaker] : playback_.stats(kStart + 20ms * spoken_frames_).speakers) {
    EXPECT_FALSE(speaker.talking);
  }
}

TEST_F(Listening, AFloodThatIsNotTakenIsBounded) {
  for (int i = 0; i < 10; ++i) {
    for (wire::VoicePackets& frame : frames(50))
      playback_.receive(std::move(frame), wire::Via::kStream, kStart);
  }
  EXPECT_EQ(500U - 128, playback_.stats(kStart).overflowed_packets);
}

/// A speaker of 2.5 ms frames on a path without jitter, heard through a device that asks for 128
/// samples at a time.
playout::PlayoutStats hear_short_frames(std::chrono::seconds length) {
  playout::PlayoutOptions options;
  options.least_delay = 5ms;
  Playback playback(options);
  auto encoder = codec::Encoder::create({.frame = 2500us});
  std::vector<float> heard(128);
  std::size_t sent = 0;
  for (std::size_t asked = 0; asked < length.count() * 48'000UL; asked += heard.size()) {
    const base::Time now = kStart + std::chrono::microseconds(asked * 1'000'000 / 48'000);
    for (; sent + 120 <= asked; sent += 120) {
      wire::VoicePacket packet;
      packet.speaker = 7;
      packet.sequence = static_cast<std::uint32_t>(sent / 120);
      packet.timestamp = static_cast<std::uint32_t>(sent);
      packet.payload = encoder->encode(tone(440, 0.5, 120, sent));
      const base::Time came = kStart + std::chrono::microseconds((sent + 120) * 1'000'000 / 48'000);
      playback.receive({packet}, wire::Via::kDatagram, came);
    }
    playback.render(heard, now);
  }
  return playback.stats(kStart + length).speakers.at(7);
}

TEST(Hearing, ShortFramesOnACalmPathWaitHardlyLongerThanTheyLast) {
  const playout::PlayoutStats stats = hear_short_frames(20s);
  EXPECT_LT(stats.delay, 8ms);
  EXPECT_EQ(0U, stats.concealed_samples);
}

TEST(Hearing, WhatADeviceAsksForIsMixedAndNoMore) {
  Playback playback;
  Listener an;
  for (const wire::VoicePackets& frame : an.frames(20)) {
    playback.receive(frame, wire::Via::kStream, kStart);
  }
  std::vector<float> heard(128);
  for (int i = 0; i < 50; ++i) {
    playback.render(heard, kStart + 100ms + i * 2667us);
    const auto speakers = playback.stats(kStart).speakers;
    ASSERT_TRUE(speakers.contains(7));
    EXPECT_EQ(0U, speakers.at(7).played_samples % heard.size()) << i;
  }
}

}  // namespace
}  // namespace comcat::client
