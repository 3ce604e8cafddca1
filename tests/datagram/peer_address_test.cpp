#include "comcat/datagram/peer_address.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

constexpr std::uint64_t kToken = 4711;
constexpr std::size_t kBytes = 45;
const std::string kHome = "home";
const std::string kAway = "away";

/// One that is believed to be at home.
PeerAddress<std::string> at_home() {
  PeerAddress<std::string> address;
  EXPECT_TRUE(address.received(kHome, kBytes, true, kToken));
  EXPECT_TRUE(address.returned(kHome, kToken));
  return address;
}

TEST(PeerAddress, TheFirstIsBelievedOnceItReturnsTheToken) {
  PeerAddress<std::string> address;
  EXPECT_FALSE(address.challenge());
  EXPECT_TRUE(address.received(kHome, kBytes, true, kToken));
  EXPECT_FALSE(address.believed()) << "voice goes nowhere yet";
  EXPECT_EQ(kToken, address.challenge());
  EXPECT_FALSE(address.returned(kHome, kToken + 1));
  EXPECT_FALSE(address.returned(kAway, kToken)) << "it has to come back from there";
  EXPECT_TRUE(address.returned(kHome, kToken));
  EXPECT_EQ(kHome, address.believed());
  EXPECT_FALSE(address.challenge());
}

TEST(PeerAddress, BeforeThatAtMostThreeTimesWhatCameIsSent) {
  PeerAddress<std::string> address;
  EXPECT_FALSE(address.may_send(kHome, 1));
  address.received(kHome, kBytes, true, kToken);
  EXPECT_TRUE(address.may_send(kHome, 2 * kBytes));
  EXPECT_TRUE(address.may_send(kHome, kBytes));
  EXPECT_FALSE(address.may_send(kHome, 1));
  address.received(kHome, kBytes, false, kToken + 1);
  EXPECT_TRUE(address.may_send(kHome, 3 * kBytes));
  EXPECT_EQ(kToken, address.challenge()) << "the same until it is returned";
}

TEST(PeerAddress, VoiceGoesToTheOldOneUntilTheNewOneReturnsItsToken) {
  PeerAddress<std::string> address = at_home();
  EXPECT_TRUE(address.received(kAway, kBytes, true, kToken + 1));
  EXPECT_EQ(kHome, address.believed());
  EXPECT_FALSE(address.returned(kAway, kToken)) << "the token of the old one";
  EXPECT_TRUE(address.returned(kAway, kToken + 1));
  EXPECT_EQ(kAway, address.believed());
  EXPECT_FALSE(address.may_send(kHome, 1));
}

TEST(PeerAddress, OldDatagramsFromElsewhereMoveNobody) {
  PeerAddress<std::string> address = at_home();
  EXPECT_FALSE(address.received(kAway, kBytes, /*highest=*/false, kToken));
  EXPECT_FALSE(address.challenge());
  EXPECT_FALSE(address.may_send(kAway, 1)) << "and nothing answers there";
}

TEST(PeerAddress, WhoIsStillWhereItWasHasNotMoved) {
  PeerAddress<std::string> address = at_home();
  address.received(kAway, kBytes, true, kToken + 1);
  EXPECT_TRUE(address.received(kHome, kBytes, true, kToken + 2));
  EXPECT_FALSE(address.returned(kAway, kToken + 1));
  EXPECT_EQ(kHome, address.believed());
}

}  // namespace
}  // namespace comcat::datagram
