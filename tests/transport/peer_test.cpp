#include "comcat/transport/peer.h"

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

std::string parsed(const std::string& peer) {
  const std::optional<base::Address> address = parse_peer(peer);
  return address ? base::to_string(*address) : "none";
}

TEST(Peer, IsReadAsGrpcWritesIt) {
  EXPECT_EQ("192.0.2.1:50051", parsed("ipv4:192.0.2.1:50051"));
  EXPECT_EQ("[2001:db8::1]:50051", parsed("ipv6:%5B2001:db8::1%5D:50051"));
  EXPECT_EQ("[2001:db8::1]:50051", parsed("ipv6:[2001:db8::1]:50051"));
  EXPECT_EQ("[fe80::1%eth0]:50051", parsed("ipv6:%5Bfe80::1%25eth0%5D:50051"));
}

TEST(Peer, IsNothingWhereItIsNoAddress) {
  EXPECT_EQ("none", parsed(""));
  EXPECT_EQ("none", parsed("unix:/tmp/socket"));
  EXPECT_EQ("none", parsed("ipv4:"));
}

}  // namespace
}  // namespace comcat::transport
