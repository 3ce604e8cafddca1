#include "comcat/playout/playhead.h"

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

TEST(Playhead, FollowsWhatIsTakenAndKnowsWhatPlaysNext) {
  Playhead playhead;
  EXPECT_FALSE(playhead.heard_before());
  playhead.took(48'000, 960);
  EXPECT_TRUE(playhead.heard_before());
  EXPECT_EQ(48'960, playhead.end());
  EXPECT_EQ(960U, playhead.packet_samples());
  EXPECT_EQ(48'960 - 480, playhead.next(480));
}

TEST(Playhead, WhatIsThrownAwayMovesIt) {
  Playhead playhead;
  playhead.took(48'000, 960);
  playhead.skip_to(96'000);
  EXPECT_EQ(96'000, playhead.end());
}

TEST(Playhead, AfterARestartWhatStillPlaysIsKnownAndWhatComesDoesNotFollow) {
  Playhead playhead;
  playhead.took(48'000, 960);
  playhead.restart();
  EXPECT_FALSE(playhead.heard_before());
  EXPECT_EQ(48'960 - 240, playhead.next(240));
}

}  // namespace
}  // namespace comcat::playout
