#include "comcat/server/admission_address.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

TEST(AdmissionAddress, IsOneIPv4AddressOrOneIPv6Network) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"ipv4:192.0.2.1:5000", "192.0.2.1"},
      {"ipv6:[2001:db8::1]:5000", "2001:db8::/64"},
      {"ipv6:%5B2001:db8::1%5D:5000", "2001:db8::/64"},
      {"ipv6:[2001:db8:1:2:3:4:5:6]:5000", "2001:db8:1:2::/64"},
      {"ipv6:[2001:db8:1:2:ffff::]:1", "2001:db8:1:2::/64"},
      {"ipv6:[2001:db8:1:3::1]:5000", "2001:db8:1:3::/64"},
      {"ipv6:[::ffff:192.0.2.1]:5000", "192.0.2.1"},
      {"ipv6:[::ffff:c000:201]:5000", "192.0.2.1"},
      {"ipv6:[::1]:5000", "::/64"},
      {"ipv6:[fe80::1%25eth0]:5000", "fe80::/64"},
      {"ipv6:[fe80::2%eth0]:5000", "fe80::/64"},
  };
  for (const auto& [peer, address] : cases) EXPECT_EQ(address, admission_address(peer)) << peer;
}

TEST(ConnectionName, IsOneHoweverThePeerIsWritten) {
  EXPECT_EQ(connection_name("ipv6:%5B2001:db8::1%5D:5000"),
            connection_name("ipv6:[2001:db8:0::1]:5000"));
  EXPECT_EQ(connection_name("ipv4:192.0.2.1:5000"),
            connection_name("ipv6:[::ffff:192.0.2.1]:5000"));
  EXPECT_NE(connection_name("ipv4:192.0.2.1:5000"), connection_name("ipv4:192.0.2.1:5001"));
  EXPECT_NE(connection_name("ipv6:[2001:db8::1]:5000"), connection_name("ipv6:[2001:db8::2]:5000"));
}

TEST(AdmissionAddress, WhatItDoesNotUnderstandIsAnAddressOfItsOwn) {
  for (const char* peer : {"", ":", "unix:/tmp/socket", "ipv6:", "nonsense"}) {
    EXPECT_EQ(peer, admission_address(peer));
  }
  EXPECT_EQ("zz", admission_address("ipv6:[zz]:1"));
}

TEST(ConnectionName, IsTheSameHoweverThePeersAddressIsWritten) {
  EXPECT_EQ(connection_name("ipv4:192.0.2.1:5000"),
            connection_name("ipv6:[::ffff:192.0.2.1]:5000"));
  EXPECT_EQ(connection_name("ipv6:[2001:db8::1]:5000"),
            connection_name("ipv6:%5B2001:db8:0::1%5D:5000"));
  EXPECT_EQ(connection_name("ipv6:[fe80::1]:5000"),
            connection_name("ipv6:%5Bfe80::1%25eth0%5D:5000"));
}

TEST(ConnectionName, IsAnotherForANeighbourAndForAnotherPort) {
  EXPECT_NE(connection_name("ipv6:[2001:db8::1]:5000"), connection_name("ipv6:[2001:db8::2]:5000"));
  EXPECT_NE(connection_name("ipv4:192.0.2.1:5000"), connection_name("ipv4:192.0.2.1:5001"));
}

}  // namespace
}  // namespace comcat::server
