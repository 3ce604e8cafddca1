// What of a conversation is sent, as voice activation judges it.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/client/capture_chain.h"

#include "support/signal.h"
#include "support/speech.h"

namespace comcat::client {
namespace {

using testing::Samples;

constexpr std::size_t kSecond = 48'000;
constexpr std::size_t kBlock = audio::kBlockSamples;

VoiceStages::Change activation(Activation activation) {
  VoiceStages::Change out;
  out.activation = activation;
  return out;
}

/// Four sentences, two fifths of the time.
Samples conversation() {
  Samples out(2 * kSecond);
  for (const char* sentence : {"Hello there, how are you today?", "Six thick thistle sticks.",
                               "Fine, thank you very much.", "What shall we sing?"}) {
    Samples said = testing::speak(sentence);
    const auto quiet = [](float sample) { return std::abs(sample) < 0.003F; };
    said.erase(said.begin(), std::ranges::find_if_not(said, quiet));
    while (!said.empty() && quiet(said.back())) said.pop_back();
    out.insert(out.end(), said.begin(), said.end());
    out.resize(out.size() + said.size() * 3 / 2);
  }
  return out;
}

/// As a fan.
Samples noise(std::size_t samples, double dbfs, unsigned seed = 5) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Samples out(samples);
  float low = 0;
  for (float& sample : out) sample = low += 0.1F * (normal(random) - low);
  const auto scale = static_cast<float>(std::pow(10, (dbfs - testing::rms_dbfs(out)) / 20));
  for (float& sample : out) sample *= scale;
  return out;
}

struct Sent {
  std::size_t bytes = 0;     // of Opus
  std::vector<bool> blocks;  // of the conversation: whether they were sent

  Sent(const Samples& voice, const Samples& beside, const VoiceStages::Change& change,
       const codec::EncoderOptions& encoder = {}) {
    VoiceStages stages;
    EXPECT_TRUE(stages.change(change).ok());
    blocks.resize(voice.size() / kBlock);
    CaptureChain chain(*codec::Encoder::create(encoder), stages,
                       [this](const wire::VoicePacket& packet) {
                         bytes += packet.payload.size();
                         const std::size_t first = packet.timestamp / kBlock;
                         for (std::size_t i = 0; i < packet.duration_samples / kBlock; ++i)
                           blocks[first + i] = true;
                       });
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      CapturedBlock block;
      block.position = i * kBlock;
      for (std::size_t s = 0; s < kBlock; ++s) {
        block.samples[s] = voice[i * kBlock + s] + beside[i * kBlock + s];
      }
      chain.take(block, false);
    }
  }
};

bool is_spoken(const Samples& voice, std::size_t block) {
  return testing::rms_dbfs(std::span(voice).subspan(block * kBlock, kBlock)) > -45;
}

TEST(VoiceActivation, SendsLessThanHalfOfAConversationInWhichTwoFifthsAreSpeech) {
  struct Noise {
    double dbfs;
    unsigned seed;
  };
  const Samples voice = conversation();
  const Sent all(voice, Samples(voice.size()), activation(Activation::kAlways));
  EXPECT_EQ(0, std::ranges::count(all.blocks, false)) << "pauses, too";
  const double ten_db_below = testing::rms_dbfs(testing::speak("Hello there.")) - 10;
  for (const Noise beside : {Noise{-200, 1}, Noise{-70, 1}, Noise{ten_db_below, 1},
                             Noise{ten_db_below, 2}, Noise{ten_db_below, 3}}) {
    const Sent speech(voice, noise(voice.size(), beside.dbfs, beside.seed),
                      activation(Activation::kVoice));
    const double share = static_cast<double>(speech.bytes) / static_cast<double>(all.bytes);
    std::cout << "beside noise of " << beside.dbfs << " dBFS: " << 100 * share << " %\n";
    EXPECT_LE(share, 0.48);
  }
}

/// A source that brings a tone for a while, and nothing before and after it.
std::vector<wire::VoicePacket> sent_of(std::size_t before, std::size_t tone, std::size_t after,
                                       const codec::EncoderOptions& encoder = {}) {
  VoiceStages stages;
  EXPECT_TRUE(stages.change(activation(Activation::kAlways)).ok());
  std::vector<wire::VoicePacket> sent;
  CaptureChain chain(*codec::Encoder::create(encoder), stages,
                     [&](const wire::VoicePacket& packet) { sent.push_back(packet); });
  const Samples sound = testing::make_tone(440, tone * kBlock);
  for (std::size_t i = 0; i < before + tone + after; ++i) {
    CapturedBlock block{.position = i * kBlock};
    block.nothing = i < before || i >= before + tone;
    if (!block.nothing) {
      std::ranges::copy(std::span(sound).subspan((i - before) * kBlock, kBlock),
                        block.samples.begin());
    }
    chain.take(block, false);
  }
  return sent;
}

TEST(ASourceThatHasNothing, SendsNothingButTheEndOfWhatItHad) {
  EXPECT_TRUE(sent_of(200, 0, 0).empty());
  const std::vector<wire::VoicePacket> sent = sent_of(201, 100, 200);
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(201 * kBlock, sent.front().timestamp) << "at once, and with nothing before it";
  EXPECT_EQ(50U + 5, sent.size()) << "100 ms more, so that the encoder tells all of it";
}

TEST(ASourceThatHasNothing, SendsItAllTheSameWhereAllPacketsAreToBeOfOneSize) {
  EXPECT_EQ(100U, sent_of(100, 0, 100, {.constant_bitrate = true}).size());
}

TEST(VoiceActivation, ClipsNoBeginningByMoreThan10Ms) {
  const Samples voice = conversation();
  const Sent sent(voice, noise(voice.size(), -60), activation(Activation::kVoice));
  std::size_t clipped = 0;  // blocks in a row, from the beginning of a spurt
  for (std::size_t i = 1; i < sent.blocks.size(); ++i) {
    const bool unheard = is_spoken(voice, i) && !sent.blocks[i];
    clipped = unheard ? clipped + 1 : 0;
    EXPECT_LE(clipped, 1U) << static_cast<double>(i) / 100 << " s";
  }
}

TEST(VoiceActivation, LosesHardlyAWordBesideAFan) {
  const Samples voice = conversation();
  const double level = testing::rms_dbfs(testing::speak("Hello there.")) - 10;
  for (const voice::Noise removed : {voice::Noise::kOff, voice::Noise::kLow}) {
    VoiceStages::Change change = activation(Activation::kVoice);
    change.noise = removed;
    const Sent sent(voice, noise(voice.size(), level), change);
    std::size_t spoken = 0;
    std::size_t lost = 0;
    for (std::size_t i = 0; i < sent.blocks.size(); ++i) {
      if (!is_spoken(voice, i)) continue;
      ++spoken;
      if (!sent.blocks[i]) ++lost;
    }
    EXPECT_LE(50 * lost, spoken);
  }
}

TEST(VoiceActivation, SendsANoteThatIsHeldForManySeconds) {
  Samples note(2 * kSecond);
  const Samples held = testing::make_tone(440, 8 * kSecond);
  note.insert(note.end(), held.begin(), held.end());
  const Sent sent(note, noise(note.size(), -60), activation(Activation::kVoice));
  std::size_t unheard = 0;
  for (std::size_t i = 2 * kSecond / kBlock; i < sent.blocks.size(); ++i) {
    if (!sent.blocks[i]) ++unheard;
  }
  EXPECT_LE(unheard, 1U);
}

/// A microphone that always hears a tone, and a user who presses and releases a key.
class PushToTalk : public ::testing::Test {
 protected:
  PushToTalk() {
    EXPECT_TRUE(stages_.change(activation(Activation::kPush)).ok());
    std::ranges::copy(testing::make_tone(440, kBlock), block_.samples.begin());
  }
  void go_on(int blocks, bool muted = false) {
    for (int i = 0; i < blocks; ++i) {
      chain_.take(block_, muted);
      block_.position += kBlock;
    }
  }

  VoiceStages stages_;
  std::vector<wire::VoicePacket> sent_;
  CaptureChain chain_{*codec::Encoder::create({}), stages_,
                      [this](const wire::VoicePacket& packet) { sent_.push_back(packet); }};
  CapturedBlock block_;
};

TEST_F(PushToTalk, SendsFromTalkToHushAndWhatWasSaidJustBefore) {
  go_on(100);
  EXPECT_TRUE(sent_.empty());
  stages_.set_talking(true);
  go_on(2);
  ASSERT_EQ(4U, sent_.size()) << "60 ms before, at once";
  EXPECT_EQ(94 * kBlock, sent_[0].timestamp);
  EXPECT_EQ(100 * kBlock, sent_[3].timestamp);
  stages_.set_talking(false);
  go_on(100);
  EXPECT_EQ(4U, sent_.size());
}

TEST_F(PushToTalk, SendsTheLastOfItThoughItsFrameIsNotWhole) {
  go_on(100);
  stages_.set_talking(true);
  go_on(3);
  stages_.set_talking(false);
  go_on(100);
  ASSERT_EQ(5U, sent_.size());
  EXPECT_EQ(102 * kBlock, sent_[4].timestamp);
  EXPECT_EQ(2 * kBlock, sent_[4].duration_samples);
}

TEST_F(PushToTalk, SendsNothingThatWasSaidWhileMutedNorBefore) {
  go_on(100);
  go_on(10, /*muted=*/true);
  stages_.set_talking(true);
  go_on(2);
  ASSERT_EQ(1U, sent_.size());
  EXPECT_EQ(110 * kBlock, sent_[0].timestamp);
}

TEST_F(PushToTalk, EndsWithAnotherActivation) {
  stages_.set_talking(true);
  ASSERT_TRUE(stages_.change(activation(Activation::kVoice)).ok());
  ASSERT_TRUE(stages_.change(activation(Activation::kPush)).ok());
  go_on(100);
  EXPECT_TRUE(sent_.empty());
}

TEST(PushToTalkOfTheShortestFrames, SendsTheSixtyMillisecondsBeforeItToo) {
  VoiceStages stages(/*possible=*/false);
  ASSERT_TRUE(stages.change(activation(Activation::kPush)).ok());
  std::vector<wire::VoicePacket> sent;
  CaptureChain chain(*codec::Encoder::create({.frame = std::chrono::microseconds(2500)}), stages,
                     [&sent](const wire::VoicePacket& packet) { sent.push_back(packet); });
  CapturedBlock block;
  block.size = kBlock / 4;
  std::ranges::copy(testing::make_tone(440, block.size), block.samples.begin());
  for (int i = 0; i < 101; ++i) {
    if (i == 100) stages.set_talking(true);
    chain.take(block, false);
    block.position += block.size;
  }
  ASSERT_EQ(25U, sent.size());
  EXPECT_EQ(76 * kBlock / 4, sent[0].timestamp);
}

}  // namespace
}  // namespace comcat::client
