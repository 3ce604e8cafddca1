#include "comcat/cluster/tickets.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Tickets::WallTime kNow{std::chrono::milliseconds(1'795'000'000'000)};

wire::Resident an() {
  wire::Resident who;
  who.member.session = 5;
  who.member.name = "an";
  who.member.muted_by_host = true;
  who.moves = 2;
  return who;
}

class TicketsTest : public testing::Test {
 protected:
  void SetUp() override {
    one_.adopt(one_.rotated(kNow));
    other_.adopt(one_.keys());
  }
  std::string seal() { return one_.seal("den", an(), std::string(32, 'k'), kNow); }

  Tickets one_{"home"};
  Tickets other_{"home"};
};

TEST_F(TicketsTest, AnyNodeOpensWhatAnotherHasSealed) {
  const auto ticket = other_.open(seal(), std::string(32, 'k'), kNow + 1h);
  ASSERT_TRUE(ticket.ok()) << ticket.status();
  EXPECT_EQ(an(), ticket->who);
  EXPECT_EQ("den", ticket->room);
}

TEST_F(TicketsTest, ATicketIsForOneDeviceAndOneCluster) {
  EXPECT_FALSE(other_.open(seal(), std::string(32, 'x'), kNow).ok());
  EXPECT_FALSE(other_.open(seal(), "", kNow).ok());
  Tickets stranger("away");
  stranger.adopt(one_.keys());
  EXPECT_FALSE(stranger.open(seal(), std::string(32, 'k'), kNow).ok());
}

TEST_F(TicketsTest, ATicketExpires) {
  EXPECT_TRUE(other_.open(seal(), std::string(32, 'k'), kNow + Tickets::kLasts - 1ms).ok());
  EXPECT_FALSE(other_.open(seal(), std::string(32, 'k'), kNow + Tickets::kLasts).ok());
}

TEST_F(TicketsTest, WhatIsForgedOrCutIsNone) {
  const std::string sealed = seal();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string forged = sealed;
    forged[i] = static_cast<char>(forged[i] ^ 1);
    EXPECT_TRUE(absl::IsPermissionDenied(other_.open(forged, std::string(32, 'k'), kNow).status()));
    EXPECT_FALSE(other_.open(sealed.substr(0, i), std::string(32, 'k'), kNow).ok());
  }
  EXPECT_FALSE(other_.open(std::string(100'000, 'x'), "", kNow).ok());
}

TEST_F(TicketsTest, NoTwoTicketsAreAlike) {
  EXPECT_NE(seal(), seal());
}

TEST_F(TicketsTest, TheKeyIsRotatedAndTicketsOfTheKeysBeforeOpenForADay) {
  const std::string first = seal();
  EXPECT_FALSE(one_.is_due(kNow + 11h));
  EXPECT_TRUE(one_.is_due(kNow + 12h));
  one_.adopt(one_.rotated(kNow + 12h));
  one_.adopt(one_.rotated(kNow + 24h));
  EXPECT_TRUE(one_.open(first, std::string(32, 'k'), kNow + 24h - 1s).ok());
  one_.adopt(one_.rotated(kNow + 36h));
  EXPECT_EQ(Tickets::kKeysKept, one_.keys().size());
  EXPECT_FALSE(one_.open(first, std::string(32, 'k'), kNow + 1h).ok());  // nobody has its key
}

TEST(Tickets, WithoutAKeyNothingIsSealedOrOpened) {
  Tickets none("home");
  EXPECT_TRUE(none.is_due(kNow));
  EXPECT_EQ("", none.seal("den", an(), "", kNow));
  EXPECT_FALSE(none.open(std::string(100, 'x'), "", kNow).ok());
}

}  // namespace
}  // namespace comcat::cluster
