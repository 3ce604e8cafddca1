#include "server/first_flight.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

std::optional<std::size_t> flight(const std::string& begun) {
  return first_flight(std::vector<std::uint8_t>(begun.begin(), begun.end()));
}

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A record of the ClientHello's kind.
std::string record(std::size_t bytes) {
  const std::string size{static_cast<char>(bytes >> 8), static_cast<char>(bytes & 0xff)};
  return "\x16\x03\x01" + size + std::string(bytes, 'x');
}

TEST(FirstFlight, OfHttp2IsItsPreface) {
  EXPECT_EQ(24U, flight(kPreface));
  EXPECT_EQ(24U, flight(kPreface + "and settings"));
}

TEST(FirstFlight, OfTlsIsItsFirstRecord) {
  EXPECT_EQ(305U, flight(record(300)));
  EXPECT_EQ(305U, flight(record(300) + "more"));
  EXPECT_EQ(2005U, flight(record(2000)));
}

TEST(FirstFlight, WhoDripsIsWaitedFor) {
  for (const std::string& whole : {kPreface, record(300)}) {
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
      EXPECT_FALSE(flight(whole.substr(0, bytes))) << bytes;
    }
  }
}

TEST(FirstFlight, WhatIsNeitherIsWholeAsItIs) {
  EXPECT_EQ(1U, flight("G"));
  EXPECT_EQ(16U, flight("GET / HTTP/1.1\r\n"));
  EXPECT_EQ(5U, flight("PRI X"));
  EXPECT_EQ(kMaxFirstFlight, flight(std::string(10'000, 'x')));
}

TEST(FirstFlight, ARecordThatWouldBeTooLongIsNotWaitedFor) {
  EXPECT_EQ(kMaxFirstFlight, flight(record(kMaxFirstFlight - 5)));
  EXPECT_EQ(5U, flight("\x16\x03\x01\x40" + std::string(1, '\0')));
}

}  // namespace
}  // namespace comcat::server
