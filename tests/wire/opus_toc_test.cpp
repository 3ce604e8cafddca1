#include "wire/opus_toc.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::wire {
namespace {

std::string packet(unsigned config, unsigned code, char count = 0) {
  return {static_cast<char>(config << 3U | code), count, 0, 0};
}

TEST(OpusToc, KnowsTheFrameSizesOfRfc6716Table2) {
  EXPECT_EQ(480U, opus_packet_samples(packet(0, 0)));
  EXPECT_EQ(960U, opus_packet_samples(packet(1, 0)));
  EXPECT_EQ(2880U, opus_packet_samples(packet(3, 0)));
  EXPECT_EQ(960U, opus_packet_samples(packet(13, 0)));
  EXPECT_EQ(120U, opus_packet_samples(packet(16, 0)));
  EXPECT_EQ(240U, opus_packet_samples(packet(17, 0)));
  EXPECT_EQ(960U, opus_packet_samples(packet(31, 0)));
}

TEST(OpusToc, CountsTheFramesOfAPacket) {
  EXPECT_EQ(1920U, opus_packet_samples(packet(31, 1)));
  EXPECT_EQ(1920U, opus_packet_samples(packet(31, 2)));
  EXPECT_EQ(2880U, opus_packet_samples(packet(31, 3, 3)));
}

TEST(OpusToc, RefusesWhatCannotBe) {
  EXPECT_EQ(0U, opus_packet_samples(""));
  EXPECT_EQ(0U, opus_packet_samples(std::string(1, '\x03')));  // code 3 without its count
  EXPECT_EQ(0U, opus_packet_samples(packet(3, 3, 48)));        // 2.9 s
}

}  // namespace
}  // namespace comcat::wire
