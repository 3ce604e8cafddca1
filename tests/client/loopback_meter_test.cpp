#include "comcat/client/loopback_meter.h"

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

wire::VoicePacket packet(wire::SessionNumber speaker, std::uint32_t sequence) {
  wire::VoicePacket out;
  out.speaker = speaker;
  out.sequence = sequence;
  return out;
}

class Loopback : public ::testing::Test {
 protected:
  Loopback() { meter_.set_self(7); }
  void goes_round(std::uint32_t sequence, base::Duration way) {
    meter_.sent(packet(0, sequence), now_);
    meter_.heard({packet(7, sequence)}, now_ + way);
  }

  LoopbackMeter meter_;
  base::Time now_{1h};
};

TEST_F(Loopback, TheWayIsFromSendingToHearing) {
  EXPECT_EQ(std::nullopt, meter_.way(now_));
  goes_round(1, 30ms);
  EXPECT_EQ(30ms, meter_.way(now_ + 1s));
  for (std::uint32_t i = 2; i < 200; ++i) goes_round(i, 50ms);
  EXPECT_LE(49'900us, meter_.way(now_));
  EXPECT_GE(50'000us, meter_.way(now_));
}

TEST_F(Loopback, PacketsOfOthersAreNotOnesOwn) {
  meter_.sent(packet(0, 1), now_);
  meter_.heard({packet(8, 1)}, now_ + 30ms);
  EXPECT_EQ(std::nullopt, meter_.way(now_ + 30ms));
}

TEST_F(Loopback, WhatComesBothWaysCountsOnce) {
  goes_round(1, 30ms);
  meter_.heard({packet(7, 1)}, now_ + 900ms);
  EXPECT_EQ(30ms, meter_.way(now_ + 900ms));
}

TEST_F(Loopback, WhatIsLongAgoIsNotTold) {
  goes_round(1, 30ms);
  now_ += 10s;
  EXPECT_EQ(std::nullopt, meter_.way(now_));
  goes_round(2, 80ms);
  EXPECT_EQ(80ms, meter_.way(now_ + 80ms));
}

TEST_F(Loopback, APacketThatWasNeverSentIsPassedOver) {
  meter_.sent(packet(0, 1), now_);
  meter_.heard({packet(7, 513)}, now_ + 1ms);
  EXPECT_EQ(std::nullopt, meter_.way(now_ + 1ms));
}

}  // namespace
}  // namespace comcat::client
