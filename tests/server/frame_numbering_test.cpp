#include "comcat/server/frame_numbering.h"

#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;

constexpr base::Time kStart{std::chrono::seconds(1000)};
constexpr std::uint32_t k20ms = 960;
constexpr std::uint32_t k5ms = 240;  // as the original client sends

class Numbered {
 public:
  /// The timestamp, in milliseconds, of a frame that comes at `at`.
  double at(milliseconds at, std::uint32_t duration_samples = k20ms) {
    wire::VoicePacket frame;
    frame.duration_samples = duration_samples;
    numbering_.number(frame, kStart + at);
    EXPECT_EQ(sequence_++, frame.sequence);
    return static_cast<double>(frame.timestamp) / 48;
  }

 private:
  FrameNumbering numbering_;
  std::uint32_t sequence_ = 0;
};

TEST(FrameNumbering, AnUnbrokenStreamIsNumberedByItsFrames) {
  Numbered stream;
  EXPECT_EQ(0, stream.at(milliseconds(0)));
  EXPECT_EQ(20, stream.at(milliseconds(20)));
  EXPECT_EQ(40, stream.at(milliseconds(40)));
}

TEST(FrameNumbering, FramesOfTheOriginalClientAreFiveMilliseconds) {
  Numbered stream;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(5 * i, stream.at(milliseconds(5 * i), k5ms));
}

TEST(FrameNumbering, JitterLeavesNoGap) {
  Numbered stream;
  const std::vector<int> arrivals = {0, 35, 41, 95, 96, 97, 125, 199, 199, 199};
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    EXPECT_EQ(20.0 * static_cast<double>(i), stream.at(milliseconds(arrivals[i]))) << i;
  }
}

TEST(FrameNumbering, APauseMovesTheTimestampOn) {
  Numbered stream;
  EXPECT_EQ(0, stream.at(milliseconds(0)));
  EXPECT_EQ(5000, stream.at(milliseconds(5000)));
  EXPECT_EQ(5020, stream.at(milliseconds(5020)));
}

TEST(FrameNumbering, APauseIsSeenAfterHoursOfAClockThatRunsFast) {
  Numbered stream;
  milliseconds now{0};
  for (int i = 0; i < 50'000; ++i, now += milliseconds(20))
    stream.at(now - i * milliseconds(1) / 50);
  const double before = stream.at(now -= milliseconds(1000));
  EXPECT_NEAR(before + 500, stream.at(now + milliseconds(500)), 100);
}

TEST(FrameNumbering, APauseAfterABurstIsSeen) {
  Numbered stream;
  double last = 0;
  for (int i = 0; i < 100; ++i) last = stream.at(milliseconds(0));
  EXPECT_NEAR(last + 1000, stream.at(milliseconds(1000)), 100);
}

TEST(FrameNumbering, ALongFrameIsNoPause) {
  constexpr std::uint32_t k120ms = 5760;
  Numbered stream;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(120.0 * i, stream.at(milliseconds(120 * i + i % 2 * 15), k120ms));
  }
}

TEST(FrameNumbering, WhatHasNoDurationCountsAs20ms) {
  Numbered stream;
  EXPECT_EQ(0, stream.at(milliseconds(0), 0));
  EXPECT_EQ(20, stream.at(milliseconds(20)));
}

TEST(FrameNumbering, ADayOfSilenceWrapsTheTimestampAndNothingElse) {
  FrameNumbering numbering;
  wire::VoicePacket frame;
  frame.duration_samples = k20ms;
  numbering.number(frame, kStart);
  numbering.number(frame, kStart + std::chrono::hours(48));
  EXPECT_EQ(1U, frame.sequence);
  EXPECT_EQ(static_cast<std::uint32_t>(48LL * 3600 * 48'000), frame.timestamp);
}

}  // namespace
}  // namespace comcat::server
