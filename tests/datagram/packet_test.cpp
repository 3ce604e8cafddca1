#include "comcat/datagram/packet.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/datagram/control.h"

namespace comcat::datagram {
namespace {

std::vector<std::byte> datagram_of(const Header& header, std::size_t bytes) {
  std::vector<std::byte> out(bytes);
  write_header(header, out);
  return out;
}

TEST(Packet, AHeaderIsReadAsItWasWritten) {
  const Header header{Type::kEcho, 9, 0xdeadbeef, kMaxCounter};
  EXPECT_EQ(header, parse_header(datagram_of(header, 100)));
}

TEST(Packet, TheHeaderLiesAsThePageSays) {
  const auto datagram = datagram_of({Type::kProbe, 1, 0x01020304, 0x0a0b0c0d0e0f}, 30);
  const std::string expected("\x21\x01\x02\x03\x04\x0a\x0b\x0c\x0d\x0e\x0f", kHeaderBytes);
  EXPECT_EQ(expected, as_text(Bytes(datagram).first(kHeaderBytes)));
}

TEST(Packet, WhatIsTooShortOrTooLongIsNoDatagram) {
  const Header header{Type::kVoice, 0, 1, 1};
  EXPECT_FALSE(parse_header({}));
  EXPECT_FALSE(parse_header(datagram_of(header, kOverheadBytes)));
  EXPECT_TRUE(parse_header(datagram_of(header, kOverheadBytes + 1)));
  EXPECT_TRUE(parse_header(datagram_of(header, kMaxDatagramBytes)));
  EXPECT_FALSE(parse_header(datagram_of(header, kMaxDatagramBytes + 1)));
}

TEST(Packet, AnUnknownTypeIsNoDatagram) {
  std::vector<std::byte> datagram = datagram_of({Type::kVoice, 0, 1, 1}, 60);
  for (const unsigned type : {0U, 5U, 15U}) {
    datagram[0] = static_cast<std::byte>(type << 4);
    EXPECT_FALSE(parse_header(datagram)) << type;
  }
}

TEST(Control, ProbesAndReportsAreReadAsTheyWereWritten) {
  const Report report{kMaxCounter, 0xffffffff};
  EXPECT_EQ(report, parse_report(encode(report)));
  const Probe probe{0x1122334455667788, {70'000'000'000, 69}};
  EXPECT_EQ(probe, parse_probe(encode(probe)));
  EXPECT_EQ(kReportBytes, encode(report).size());
  EXPECT_EQ(kProbeBytes, encode(probe).size());
}

TEST(Control, ABodyOfAnotherLengthIsNeither) {
  EXPECT_FALSE(parse_report(""));
  EXPECT_FALSE(parse_report(encode(Report{}) + "x"));
  EXPECT_FALSE(parse_probe(encode(Report{})));
  EXPECT_FALSE(parse_probe(encode(Probe{}) + "x"));
}

}  // namespace
}  // namespace comcat::datagram
