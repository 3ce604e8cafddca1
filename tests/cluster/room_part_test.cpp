#include "comcat/cluster/room_part.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/cluster/session_number.h"

namespace comcat::cluster {
namespace {

constexpr wire::NodeNumber kNode = 2;

wire::Resident person(std::uint32_t own, const std::string& name) {
  wire::Resident who;
  who.member.session = session_number(kNode, own);
  who.member.name = name;
  return who;
}

wire::RoomPart part(std::uint64_t version, std::vector<wire::Resident> residents,
                    std::uint32_t page = 0, std::uint32_t pages = 1) {
  return {"den", version, page, pages, std::move(residents), {}, {}};
}

TEST(RoomPart, ALaterVersionTakesThePlaceOfTheOneBefore) {
  RoomPart known;
  EXPECT_EQ(1U, known.take(part(3, {person(1, "an")}), kNode).size());
  const auto touches = known.take(part(4, {person(2, "bob")}), kNode);
  ASSERT_EQ(2U, touches.size());
  EXPECT_EQ("an", touches[1].last->member.name);
  EXPECT_EQ(nullptr, known.find(session_number(kNode, 1)));
}

TEST(RoomPart, WhatComesTwiceOrLateIsNoNews) {
  RoomPart known;
  static_cast<void>(known.take(part(4, {person(2, "bob")}), kNode));
  EXPECT_TRUE(known.take(part(4, {person(2, "bob")}), kNode).empty());
  EXPECT_TRUE(known.take(part(3, {person(1, "an")}), kNode).empty());
  EXPECT_EQ(1U, known.people().size());
}

TEST(RoomPart, PagesCountOnceAllOfOneVersionHaveComeInWhateverOrder) {
  RoomPart known;
  EXPECT_TRUE(known.take(part(4, {person(2, "bob")}, 1, 2), kNode).empty());
  EXPECT_TRUE(known.take(part(3, {person(9, "old")}, 0, 2), kNode).empty());
  EXPECT_TRUE(known.take(part(4, {person(2, "bob")}, 1, 2), kNode).empty());
  EXPECT_TRUE(known.people().empty());
  EXPECT_EQ(2U, known.take(part(4, {person(1, "an")}, 0, 2), kNode).size());
  EXPECT_EQ(2U, known.people().size());
}

TEST(RoomPart, AChangeIsOfUseOnlyToWhoHasTheVersionBefore) {
  RoomPart known;
  EXPECT_TRUE(known.take(wire::RoomDelta{"den", 1, 2, {person(1, "an")}, {}}, kNode).empty());
  static_cast<void>(known.take(part(2, {person(1, "an")}), kNode));
  EXPECT_TRUE(known.take(wire::RoomDelta{"den", 3, 4, {person(2, "bob")}, {}}, kNode).empty());
  const wire::Gone gone{session_number(kNode, 1), 0, wire::LeaveReason::kStopped, ""};
  EXPECT_EQ(2U, known.take(wire::RoomDelta{"den", 2, 3, {person(2, "bob")}, {gone}}, kNode).size());
  EXPECT_EQ(3U, known.version());
  EXPECT_EQ(nullptr, known.find(gone.session));
}

TEST(RoomPart, NobodyWhoBeganElsewhereAndHasNotMovedIsBelieved) {
  RoomPart known;
  wire::Resident stranger = person(1, "an");
  stranger.member.session = session_number(kNode + 1, 1);
  EXPECT_TRUE(known.take(part(1, {stranger}), kNode).empty());
  stranger.moves = 1;
  EXPECT_EQ(1U, known.take(part(2, {stranger}), kNode).size());
}

TEST(RoomPart, OfANodeThatIsLostAllAreAwayAndWhateverItSaysNextIsNews) {
  RoomPart known;
  static_cast<void>(known.take(part(4, {person(1, "an")}), kNode));
  EXPECT_EQ(1U, known.set_away().size());
  EXPECT_TRUE(known.find(session_number(kNode, 1))->resident.member.away);
  EXPECT_EQ(1U, known.take(part(4, {person(1, "an")}), kNode).size());
  EXPECT_FALSE(known.find(session_number(kNode, 1))->resident.member.away);
}

}  // namespace
}  // namespace comcat::cluster
