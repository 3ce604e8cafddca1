// What is ordered is done, and nothing else.

#include "comcat/playout/execution.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "playout/sine_decoder.h"

namespace comcat::playout {
namespace {

using Operation = Order::Operation;

class Obeying : public ::testing::Test {
 protected:
  std::size_t obey(Operation operation, std::size_t samples = 0, float least_match = -2) {
    return execution_.obey({.operation = operation, .samples = samples, .least_match = least_match},
                           numbered_opus(next_));
  }
  std::size_t decode() {
    const std::size_t samples = obey(Operation::kDecode);
    ++next_;
    return samples;
  }
  Execution::Played play() { return execution_.play(block_); }

  DecoderLog log_;
  SineDecoders decoders_{log_};
  Execution execution_{decoders_};
  std::uint32_t next_ = 0;
  audio::Block block_{};
};

TEST_F(Obeying, APacketIsDecodedAndPlayedBlockByBlock) {
  EXPECT_EQ(960U, decode());
  EXPECT_EQ(960U, execution_.queued_samples());
  for (int i = 0; i < 2; ++i) {
    const Execution::Played played = play();
    EXPECT_EQ(480U, played.samples);
    EXPECT_TRUE(played.speech);
  }
  EXPECT_EQ(0U, execution_.queued_samples());
}

TEST_F(Obeying, WithNothingQueuedThereIsSilence) {
  block_.fill(1);
  const Execution::Played played = play();
  EXPECT_EQ(0U, played.samples);
  EXPECT_FALSE(played.speech);
  EXPECT_EQ(audio::Block{}, block_);
}

TEST_F(Obeying, WhatIsInventedIsNotSpeech) {
  decode();
  obey(Operation::kConceal, 480);
  EXPECT_TRUE(play().speech);
  EXPECT_TRUE(play().speech);
  const Execution::Played invented = play();
  EXPECT_EQ(480U, invented.samples);
  EXPECT_FALSE(invented.speech);
  decode();
  EXPECT_TRUE(play().speech);
}

TEST_F(Obeying, ABlockIsSpeechWhereMoreThanHalfOfItIs) {
  decode();
  std::ignore = play();
  obey(Operation::kConceal, 240);
  obey(Operation::kConceal, 360);  // one invention
  EXPECT_TRUE(play().speech);
  decode();
  EXPECT_FALSE(play().speech) << "480 of the 600 samples";
  EXPECT_TRUE(play().speech) << "120 of them";
}

TEST_F(Obeying, AGapIsInventedThenRecoveredThenThePacketIsDecoded) {
  decode();
  log_.letters.clear();
  const Order order{.operation = Operation::kRecover, .samples = 480, .fec_samples = 960};
  next_ = 3;
  EXPECT_EQ(960U, execution_.obey(order, numbered_opus(next_)));
  EXPECT_EQ("ccfd", log_.letters) << "and what the speech fades in over";
  EXPECT_EQ(960U + 480 + 960 + 960, execution_.queued_samples());
}

TEST_F(Obeying, WhatIsCutOrSaidAgainIsToldAndOnlyWhereItMatches) {
  for (int i = 0; i < 3; ++i) decode();
  std::ignore = play();
  std::ignore = play();
  const std::size_t before = execution_.queued_samples();
  const std::size_t cut = obey(Operation::kAccelerate, 480, 0.8F);
  EXPECT_GT(cut, 0U);
  EXPECT_EQ(before - cut, execution_.queued_samples());
  const std::size_t again = obey(Operation::kExpand, 480, 0.8F);
  EXPECT_GT(again, 0U);
  EXPECT_EQ(before - cut + again, execution_.queued_samples());
  EXPECT_EQ(0U, obey(Operation::kAccelerate, 480, 1.1F));
  EXPECT_EQ(0U, obey(Operation::kExpand, 480, 1.1F));
  EXPECT_EQ(0U, obey(Operation::kAccelerate, 100, -2)) << "less than the shortest splice";
}

TEST_F(Obeying, AnInventionStaysWhereItIsWhenWhatIsBeforeItIsCut) {
  for (int i = 0; i < 2; ++i) decode();
  obey(Operation::kConceal, 480);
  const std::size_t cut = obey(Operation::kAccelerate, 720);
  ASSERT_GT(cut, 0U);
  std::size_t speech = 0;
  while (play().speech) ++speech;
  EXPECT_EQ((1920 - cut + 239) / 480, speech);
}

TEST_F(Obeying, TheEndOfASpurtFades) {
  decode();
  EXPECT_FALSE(execution_.faded());
  obey(Operation::kEnd);
  EXPECT_TRUE(execution_.faded());
  EXPECT_EQ(960U + 480, execution_.queued_samples());
}

TEST_F(Obeying, WhatIsToldOfTimeAloneChangesNoSound) {
  decode();
  log_.letters.clear();
  for (const Operation operation : {Operation::kPlay, Operation::kWait, Operation::kThrowAway}) {
    EXPECT_EQ(0U, obey(operation));
  }
  EXPECT_EQ("", log_.letters);
  EXPECT_EQ(960U, execution_.queued_samples());
}

TEST_F(Obeying, QuietIsWhatIsHardlyHeardBesideWhatWasLoud) {
  EXPECT_FALSE(execution_.quiet()) << "nothing plays";
  decode();
  decode();
  EXPECT_FALSE(execution_.quiet());
  obey(Operation::kConceal, Concealment::kFadeEnd);
  obey(Operation::kConceal, 480);
  while (execution_.queued_samples() > 480) std::ignore = play();
  EXPECT_TRUE(execution_.quiet());
}

}  // namespace
}  // namespace comcat::playout
