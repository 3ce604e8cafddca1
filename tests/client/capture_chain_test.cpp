#include "comcat/client/capture_chain.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <opus/opus.h>

#include "support/tone.h"

namespace comcat::client {
namespace {

class Taking : public ::testing::Test {
 protected:
  /// Takes `count` blocks of a tone, the first at `position`.
  void take(std::uint64_t position, int count, bool muted = false) {
    for (int i = 0; i < count; ++i, position += audio::kBlockSamples) {
      CapturedBlock block{.position = position};
      const auto sound = testing::tone(440, 0.5, block.samples.size(), position);
      std::ranges::copy(sound, block.samples.begin());
      chain_.take(block, muted);
    }
  }

  std::vector<wire::VoicePacket> sent_;
  int spoke_muted_ = 0;
  VoiceStages stages_;
  CaptureChain chain_{*codec::Encoder::create({}), stages_,
                      [this](const wire::VoicePacket& packet) { sent_.push_back(packet); },
                      [this] { ++spoke_muted_; }};
};

TEST_F(Taking, TwoBlocksAreAFrameAndSayWhereTheyWere) {
  take(48'000, 5);
  ASSERT_EQ(2U, sent_.size());
  EXPECT_EQ(48'000U, sent_[0].timestamp);
  EXPECT_EQ(48'960U, sent_[1].timestamp);
  EXPECT_EQ(1U, sent_[1].sequence);
  EXPECT_EQ(960U, sent_[1].duration_samples);
  EXPECT_NEAR(9, sent_[1].level_dbov, 1) << "a sine of half scale";
  EXPECT_EQ(2U, chain_.encoded_frames());
  EXPECT_EQ(2U, chain_.sent_frames());
  EXPECT_EQ(sent_[1].level_dbov, chain_.level_dbov());
}

TEST(CaptureChain, FramesShorterThanABlockLeaveOneByOne) {
  CaptureFramer framer(120);
  std::vector<wire::VoicePacket> sent;
  VoiceStages stages(/*possible=*/false);
  CaptureChain chain(*codec::Encoder::create({.frame = std::chrono::microseconds(2500)}), stages,
                     [&](const wire::VoicePacket& packet) { sent.push_back(packet); });
  framer.add(testing::tone(440, 0.5, 480), false, {});
  for (CapturedBlock block; framer.pop(block);) chain.take(block, false);
  ASSERT_EQ(4U, sent.size());
  EXPECT_EQ(360U, sent[3].timestamp);
  EXPECT_EQ(120U, sent[3].duration_samples);
  chain.set_short_frames(true);
  framer.add(testing::tone(440, 0.5, 480, 480), false, {});
  for (CapturedBlock block; framer.pop(block);) chain.take(block, false);
  ASSERT_EQ(6U, sent.size()) << "for who can decode 5 ms and no less";
  EXPECT_EQ(240U, sent[5].duration_samples);
  framer.add(testing::tone(440, 0.5, 120, 960), false, {});
  for (CapturedBlock block; framer.pop(block);) chain.take(block, false);
  ASSERT_EQ(6U, sent.size()) << "half of one of 5 ms";
  chain.set_short_frames(false);
  framer.add(testing::tone(440, 0.5, 120, 1080), false, {});
  for (CapturedBlock block; framer.pop(block);) chain.take(block, false);
  ASSERT_EQ(8U, sent.size()) << "and nothing of it is lost when they have gone";
  EXPECT_EQ(960U, sent[6].timestamp);
  EXPECT_EQ(1080U, sent[7].timestamp);
}

TEST(CaptureChain, OnASlowMachineTheEncoderThinksLessAndWhatItSaysIsHeardAllTheSame) {
  std::chrono::nanoseconds cpu{};
  std::vector<wire::VoicePacket> sent;
  VoiceStages stages;
  CaptureChain chain(
      *codec::Encoder::create({}), stages,
      [&](const wire::VoicePacket& packet) { sent.push_back(packet); }, {},
      [&] { return cpu += std::chrono::milliseconds(9); });  // of each frame of 20
  for (std::uint64_t i = 0; i < 200; ++i) {
    CapturedBlock block{.position = i * audio::kBlockSamples};
    const auto sound = testing::tone(440, 0.5, block.samples.size(), block.position);
    std::ranges::copy(sound, block.samples.begin());
    chain.take(block, false);
  }
  EXPECT_EQ(4, chain.reduced_effort()) << "a step each half second";
  EXPECT_NEAR(0.45, chain.encoding_share(), 0.01);
  ASSERT_EQ(100U, sent.size());
  EXPECT_GT(sent.back().payload.size(), 20U);
}

TEST_F(Taking, TheFrameUnderWayIsForWhoHasJustComeAndDecodesShortOnesOnly) {
  take(0, 1);
  chain_.set_short_frames(true);
  take(480, 1);
  ASSERT_EQ(1U, sent_.size());
  const int frames =
      opus_packet_get_nb_frames(reinterpret_cast<const unsigned char*>(sent_[0].payload.data()),
                                static_cast<opus_int32>(sent_[0].payload.size()));
  EXPECT_EQ(4, frames);
}

TEST(CaptureChain, WhoSpeaksMutedIsToldAsSoonWithShortFrames) {
  CaptureFramer framer(120);
  int told = 0;
  VoiceStages stages(/*possible=*/false);
  CaptureChain chain(
      *codec::Encoder::create({.frame = std::chrono::microseconds(2500)}), stages,
      [](const wire::VoicePacket&) {}, [&] { ++told; });
  for (std::size_t i = 0; i < 79; ++i) {
    framer.add(testing::tone(440, 0.5, 120, i * 120), true, {});
    for (CapturedBlock block; framer.pop(block);) chain.take(block, true);
  }
  EXPECT_EQ(0, told) << "197.5 ms";
  framer.add(testing::tone(440, 0.5, 120, 79 * 120), true, {});
  for (CapturedBlock block; framer.pop(block);) chain.take(block, true);
  EXPECT_EQ(1, told);
}

TEST_F(Taking, AMutedBlockEndsItsFrameUnsaid) {
  take(0, 1);
  take(480, 1, true);
  take(960, 1);
  EXPECT_TRUE(sent_.empty()) << "never a frame of what was said on both sides of mute";
  take(1440, 1);
  ASSERT_EQ(1U, sent_.size());
  EXPECT_EQ(960U, sent_[0].timestamp);
  EXPECT_EQ(1U, chain_.encoded_frames());
}

TEST_F(Taking, WhoSpeaksIntoAMutedMicrophoneIsToldOnceForEachSpurt) {
  take(0, 400);
  EXPECT_EQ(0, spoke_muted_) << "they hear it";
  take(0, 1000, true);
  EXPECT_EQ(1, spoke_muted_);
  for (int pause = 0; pause < 299; ++pause) chain_.take(CapturedBlock{}, true);
  take(0, 100, true);
  EXPECT_EQ(1, spoke_muted_) << "a pause between two sentences";
  for (int pause = 0; pause < 300; ++pause) chain_.take(CapturedBlock{}, true);
  take(0, 19, true);
  EXPECT_EQ(1, spoke_muted_) << "a cough";
  for (int pause = 0; pause < 19; ++pause) chain_.take(CapturedBlock{}, true);
  take(0, 20, true);
  EXPECT_EQ(2, spoke_muted_);
  take(0, 1);
  take(480, 20, true);
  EXPECT_EQ(3, spoke_muted_) << "heard meanwhile";
}

TEST_F(Taking, AFrameIsNeverPutTogetherOverALostBlock) {
  take(0, 1);
  take(960, 2);
  ASSERT_EQ(1U, sent_.size());
  EXPECT_EQ(960U, sent_[0].timestamp);
}

TEST_F(Taking, ShortFramesComeAndGoAndTheNumbersGoOn) {
  take(0, 4);
  chain_.set_short_frames(true);
  take(1920, 4);
  chain_.set_short_frames(false);
  take(3840, 4);
  ASSERT_EQ(6U, sent_.size());
  for (std::uint32_t i = 0; i < 6; ++i) {
    const auto* const payload = reinterpret_cast<const unsigned char*>(sent_[i].payload.data());
    EXPECT_EQ(i == 2 || i == 3 ? 4 : 1,
              opus_packet_get_nb_frames(payload, static_cast<int>(sent_[i].payload.size())));
    EXPECT_EQ(i, sent_[i].sequence);
    EXPECT_EQ(i * 960, sent_[i].timestamp);
    EXPECT_EQ(960U, sent_[i].duration_samples);
  }
}

TEST_F(Taking, TimestampsWrapAsRtpsDo) {
  take((std::uint64_t{1} << 32) - 480, 4);
  ASSERT_EQ(2U, sent_.size());
  EXPECT_EQ(0xFFFFFFFFU - 479, sent_[0].timestamp);
  EXPECT_EQ(480U, sent_[1].timestamp);
}

}  // namespace
}  // namespace comcat::client
