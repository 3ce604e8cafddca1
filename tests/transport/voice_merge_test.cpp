#include "transport/voice_merge.h"

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

wire::VoicePackets packets(wire::SessionNumber speaker, std::uint32_t first, std::size_t count) {
  wire::VoicePackets out(count);
  for (wire::VoicePacket& packet : out) {
    packet.speaker = speaker;
    packet.sequence = first++;
  }
  return out;
}

std::size_t let_through(VoiceMerge& merge, wire::VoicePackets packets) {
  merge.thin(packets);
  return packets.size();
}

TEST(VoiceMerge, LetsEachPacketThroughOnceWhicheverWayItComesFirst) {
  VoiceMerge merge;
  EXPECT_EQ(5U, let_through(merge, packets(1, 100, 5)));
  EXPECT_EQ(1U, let_through(merge, packets(1, 103, 3))) << "103 and 104 have come";
  EXPECT_EQ(2U, let_through(merge, packets(1, 98, 4))) << "98 and 99 have not";
  EXPECT_EQ(4U, merge.duplicates());
}

TEST(VoiceMerge, KeepsSpeakersApart) {
  VoiceMerge merge;
  EXPECT_EQ(3U, let_through(merge, packets(1, 0, 3)));
  EXPECT_EQ(3U, let_through(merge, packets(2, 0, 3)));
}

TEST(VoiceMerge, ForgetsWhoHasNotBeenHeardForLongest) {
  VoiceMerge merge;
  for (std::uint32_t speaker = 0; speaker < VoiceMerge::kMostSpeakers; ++speaker) {
    EXPECT_EQ(1U, let_through(merge, packets(speaker, 7, 1)));
  }
  EXPECT_EQ(0U, let_through(merge, packets(0, 7, 1))) << "heard again, if for nothing";
  EXPECT_EQ(1U, let_through(merge, packets(9999, 7, 1)));
  EXPECT_EQ(0U, let_through(merge, packets(0, 7, 1)));
  EXPECT_EQ(1U, let_through(merge, packets(1, 7, 1))) << "forgotten";
}

}  // namespace
}  // namespace comcat::transport
