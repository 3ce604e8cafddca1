#include "comcat/client/capture_framer.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "support/tone.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNow{1h};

std::vector<CapturedBlock> take_all(CaptureFramer& framer) {
  std::vector<CapturedBlock> blocks;
  for (CapturedBlock block; framer.pop(block);) blocks.push_back(block);
  return blocks;
}

TEST(CaptureFramer, BuffersOfAnySizeBecomeBlocksInSequence) {
  CaptureFramer framer;
  const std::vector<float> sound = testing::tone(440, 0.5, 4320);
  for (std::size_t at = 0; at < sound.size(); at += 333) {
    framer.add({sound.data() + at, std::min<std::size_t>(333, sound.size() - at)}, false, kNow);
  }
  const std::vector<CapturedBlock> blocks = take_all(framer);
  ASSERT_EQ(9U, blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(i * 480, blocks[i].position);
    EXPECT_TRUE(std::equal(blocks[i].samples.begin(), blocks[i].samples.end(),
                           sound.begin() + static_cast<std::ptrdiff_t>(i * 480)));
  }
}

TEST(CaptureFramer, AMutedMicrophoneGoesOnAndItsBlocksAreMarked) {
  CaptureFramer framer;
  const std::vector<float> sound(960, 0.5F);
  framer.add(sound, false, kNow);
  framer.add(sound, true, kNow);
  framer.add(sound, false, kNow);
  const std::vector<CapturedBlock> blocks = take_all(framer);
  ASSERT_EQ(6U, blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(i * 480, blocks[i].position);
    EXPECT_EQ(i == 2 || i == 3, blocks[i].muted) << i;
  }
  EXPECT_EQ(4U, framer.captured_blocks());
}

TEST(CaptureFramer, ABlockIsNothingWhereASourceBroughtNothingOfIt) {
  CaptureFramer framer;
  const std::vector<float> sound(480 + 240);
  framer.add(sound, false, kNow, /*nothing=*/true);
  framer.add(sound, false, kNow);
  framer.add(sound, false, kNow, /*nothing=*/true);
  const std::vector<CapturedBlock> blocks = take_all(framer);
  ASSERT_EQ(4U, blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i)
    EXPECT_EQ(i == 0 || i == 3, blocks[i].nothing) << i;
}

TEST(CaptureFramer, WhatALateEncodeThreadLosesIsCountedAndTheNextPositionTells) {
  CaptureFramer framer;
  const std::vector<float> sound(4800 + 960);
  framer.add(sound, false, kNow);
  EXPECT_EQ(2U, framer.overflowed_blocks());
  EXPECT_EQ(10U, take_all(framer).size());
  framer.add({sound.data(), 480}, false, kNow);
  EXPECT_EQ(sound.size(), take_all(framer).front().position);
}

TEST(CaptureFramer, WhatIsLostWhileMutedIsNobodysLoss) {
  CaptureFramer framer;
  framer.add(std::vector<float>(9600), true, kNow);
  EXPECT_EQ(0U, framer.overflowed_blocks());
}

TEST(CaptureFramer, TheEncodeThreadIsWokenOnceForEachFrame) {
  CaptureFramer framer;
  const std::vector<float> block(480);
  framer.wait(960, 0us);
  for (int frame = 0; frame < 50; ++frame) {
    framer.add(block, false, kNow);
    EXPECT_FALSE(framer.wait(960, 0us)) << "half a frame";
    framer.add(block, false, kNow);
    EXPECT_TRUE(framer.wait(960, 0us));
    EXPECT_EQ(2U, take_all(framer).size());
  }
}

TEST(CaptureFramer, FramesOf60MsAreTakenThirdByThirdSoThatTheRingHasRoom) {
  CaptureFramer framer;
  framer.wait(2880, 0us);
  framer.add(std::vector<float>(960), false, kNow);
  EXPECT_TRUE(framer.wait(2880, 0us));
}

TEST(CaptureFramer, WhileMutedTheEncodeThreadIsWokenEach50Ms) {
  CaptureFramer framer;
  const std::vector<float> block(480);
  framer.wait(960, 0us);
  int woken = 0;
  for (int i = 0; i < 100; ++i) {
    framer.add(block, true, kNow);
    if (i % 5 < 4) continue;
    woken += framer.wait(960, 0us) ? 1 : 0;
    EXPECT_EQ(5U, take_all(framer).size());
    EXPECT_FALSE(framer.wait(960, 0us)) << "not once more for nothing";
  }
  EXPECT_EQ(20, woken);
}

TEST(CaptureFramer, WhatIsSaidAfterMuteDoesNotWaitForTheRest) {
  CaptureFramer framer;
  const std::vector<float> block(480);
  framer.wait(960, 0us);
  framer.add(block, true, kNow);
  framer.add(block, false, kNow);
  EXPECT_TRUE(framer.wait(960, 0us));
}

}  // namespace
}  // namespace comcat::client
