#include "comcat/playout/concealment.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "playout/sine_decoder.h"

namespace comcat::playout {
namespace {

constexpr std::size_t kFrame = 960;

/// A decoder that says 1 for ever, so that what is heard is the gain.
class Steady final : public FrameDecoder {
 public:
  explicit Steady(DecoderLog& log) : log_(log) {}
  std::size_t decode(std::string_view packet, std::span<float> out) override {
    log_.letters += 'd';
    return packet == "broken" ? 0 : write(out.first(kFrame));
  }
  std::size_t decode_fec(std::string_view /*next*/, std::span<float> out) override {
    log_.letters += 'f';
    return write(out);
  }
  std::size_t conceal(std::span<float> out) override {
    log_.letters += 'c';
    return write(out);
  }

 private:
  static std::size_t write(std::span<float> out) {
    std::ranges::fill(out, 1.0F);
    return out.size();
  }
  DecoderLog& log_;
};

class SteadyDecoders final : public DecoderFactory {
 public:
  explicit SteadyDecoders(DecoderLog& log) : log_(log) {}
  std::unique_ptr<FrameDecoder> make() override {
    ++log_.alive;
    return broken ? nullptr : std::make_unique<Steady>(log_);
  }
  bool broken = false;

 private:
  DecoderLog& log_;
};

class Concealing : public ::testing::Test {
 protected:
  /// All that was queued since the last time.
  std::vector<float> take() {
    std::vector<float> out(queue_.ahead());
    queue_.pop(out);
    return out;
  }

  /// A frame of speech at full gain.
  void speak() {
    for (int i = 0; i < 2; ++i) ASSERT_EQ(kFrame, concealment_.decode("frame", queue_));
    take();
  }

  DecoderLog log_;
  SteadyDecoders decoders_{log_};
  Concealment concealment_{decoders_};
  SampleQueue queue_;
};

TEST_F(Concealing, TheFirstSpeechFadesInWithin5ms) {
  EXPECT_TRUE(concealment_.faded());
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  const std::vector<float> heard = take();
  EXPECT_LT(heard[0], 0.01F);
  EXPECT_TRUE(std::ranges::is_sorted(heard));
  EXPECT_FLOAT_EQ(1, heard[Concealment::kRecovery]);
  EXPECT_FALSE(concealment_.faded());
}

TEST_F(Concealing, AGapKeepsItsLoudnessFor20msAndIsSilentAfter100) {
  speak();
  concealment_.conceal(Concealment::kFadeEnd, queue_);
  const std::vector<float> heard = take();
  ASSERT_EQ(Concealment::kFadeEnd, heard.size());
  EXPECT_FLOAT_EQ(1, heard[Concealment::kFadeBegin - 1]);
  EXPECT_NEAR(0.5, heard[(Concealment::kFadeBegin + Concealment::kFadeEnd) / 2], 0.01);
  EXPECT_NEAR(0, heard.back(), 0.001);
  EXPECT_TRUE(std::ranges::is_sorted(heard, std::greater()));
  EXPECT_TRUE(concealment_.faded());
}

TEST_F(Concealing, AFadedGapAsksTheDecoderForNothingMore) {
  speak();
  concealment_.conceal(Concealment::kFadeEnd, queue_);
  log_.letters.clear();
  take();
  concealment_.conceal(480, queue_);
  EXPECT_EQ("", log_.letters);
  EXPECT_EQ(std::vector<float>(480), take());
}

TEST_F(Concealing, SpeechReturnsOverTheGapsOwnContinuation) {
  speak();
  concealment_.conceal(480, queue_);
  take();
  log_.letters.clear();
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  EXPECT_EQ("cd", log_.letters);
  for (const float sample : take()) ASSERT_NEAR(1, sample, 0.01) << "one fades as the other comes";
}

TEST_F(Concealing, WhatFollowsOnSpeechNeedsNoFade) {
  speak();
  log_.letters.clear();
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  EXPECT_EQ("d", log_.letters);
  EXPECT_EQ(std::vector<float>(kFrame, 1.0F), take());
}

TEST_F(Concealing, WhatIsSkippedIsFadedOverLikeAGap) {
  speak();
  log_.letters.clear();
  concealment_.skip();
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  EXPECT_EQ("cd", log_.letters);
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  EXPECT_EQ("cdd", log_.letters) << "once";
}

TEST_F(Concealing, FecFillsTheGapAndTheNextPacketFollowsOnIt) {
  speak();
  log_.letters.clear();
  concealment_.recover("frame", kFrame, queue_);
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  EXPECT_EQ("fd", log_.letters);
  EXPECT_EQ(std::vector<float>(2 * kFrame, 1.0F), take());
}

TEST_F(Concealing, ASpurtEndsIn10msOfFadeAndOnlyOnce) {
  speak();
  concealment_.finish(queue_);
  const std::vector<float> heard = take();
  ASSERT_EQ(480U, heard.size());
  EXPECT_TRUE(std::ranges::is_sorted(heard, std::greater()));
  EXPECT_NEAR(0, heard.back(), 0.001);
  EXPECT_TRUE(concealment_.faded());
  concealment_.finish(queue_);
  EXPECT_TRUE(take().empty());
}

TEST_F(Concealing, APacketThatCannotBeDecodedLeavesNothing) {
  speak();
  EXPECT_EQ(0U, concealment_.decode("broken", queue_));
  EXPECT_EQ(0U, queue_.ahead());
}

TEST_F(Concealing, WithoutMemoryForADecoderThereIsSilence) {
  decoders_.broken = true;
  EXPECT_EQ(0U, concealment_.decode("frame", queue_));
  concealment_.recover("frame", kFrame, queue_);
  EXPECT_EQ(0U, queue_.ahead());
  concealment_.conceal(480, queue_);
  EXPECT_EQ(std::vector<float>(480), take());
  concealment_.finish(queue_);
  EXPECT_EQ(0U, queue_.ahead());
}

TEST_F(Concealing, AReleasedDecoderIsMadeAnew) {
  speak();
  EXPECT_EQ(1, log_.alive);
  concealment_.release();
  EXPECT_EQ(kFrame, concealment_.decode("frame", queue_));
  EXPECT_EQ(2, log_.alive);
}

}  // namespace
}  // namespace comcat::playout
