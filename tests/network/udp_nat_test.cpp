#include "support/udp_nat.h"

#include <array>

#include <gtest/gtest.h>

namespace comcat::testing {
namespace {

using Packet = std::array<std::uint8_t, 28>;

/// UDP over IPv4 from port `from` to port `to`.
Packet packet(std::uint16_t from, std::uint16_t to) {
  Packet out{0x45};
  out[9] = 17;
  out[20] = static_cast<std::uint8_t>(from >> 8);
  out[21] = static_cast<std::uint8_t>(from & 0xFF);
  out[22] = static_cast<std::uint8_t>(to >> 8);
  out[23] = static_cast<std::uint8_t>(to & 0xFF);
  out[26] = out[27] = 1;
  return out;
}

unsigned source(const Packet& packet) {
  return packet[20] * 256U + packet[21];
}

TEST(UdpNat, KeepsOnePortForOneAndBringsTheAnswersBack) {
  UdpNat nat;
  Packet first = packet(4000, 50051);
  Packet second = packet(4000, 50051);
  nat.outward(first);
  nat.outward(second);
  EXPECT_NE(4000U, source(first));
  EXPECT_EQ(source(first), source(second));
  Packet answer = packet(50051, static_cast<std::uint16_t>(source(first)));
  ASSERT_TRUE(nat.inward(answer));
  Packet expected = packet(50051, 4000);
  expected[26] = expected[27] = 0;
  EXPECT_EQ(expected, answer);
}

TEST(UdpNat, GivesAnotherPortOnceItHasForgottenAndKnowsTheOldOneNoMore) {
  UdpNat nat;
  Packet before = packet(4000, 50051);
  nat.outward(before);
  nat.forget();
  Packet late = packet(50051, static_cast<std::uint16_t>(source(before)));
  EXPECT_FALSE(nat.inward(late));
  Packet after = packet(4000, 50051);
  nat.outward(after);
  EXPECT_NE(source(before), source(after));
}

TEST(UdpNat, LeavesWhatIsNoUdpAlone) {
  UdpNat nat;
  Packet tcp = packet(4000, 50051);
  tcp[9] = 6;
  const Packet before = tcp;
  nat.outward(tcp);
  EXPECT_EQ(before, tcp);
  EXPECT_TRUE(nat.inward(tcp));
  EXPECT_EQ(before, tcp);
  EXPECT_FALSE(is_udp(tcp));
  EXPECT_TRUE(is_udp(packet(1, 2)));
  EXPECT_FALSE(is_udp({}));
}

}  // namespace
}  // namespace comcat::testing
