#include "comcat/server/waiting_room.h"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNoon{1000s};

std::optional<WaitingRoom::Id> next_of(WaitingRoom& room, base::Time now = kNoon) {
  return room.pop(Standing::kInVain, now);
}

TEST(WaitingRoom, WhoComesFromASlowedAddressJoinsTheOthersOneByOne) {
  WaitingRoom room;
  room.slow("slowed", kNoon);
  for (const WaitingRoom::Id id : {1U, 2U, 3U}) EXPECT_FALSE(room.push("slowed", id, kNoon));
  EXPECT_TRUE(room.push("other", 4, kNoon));
  EXPECT_EQ(1U, room.size());
  room.release(kNoon + 249ms);
  EXPECT_EQ(1U, room.size());
  room.release(kNoon + 250ms);
  room.release(kNoon + 250ms);
  EXPECT_EQ(2U, room.size());
  EXPECT_EQ(2U, room.came());
  EXPECT_EQ(0U, room.came());
  EXPECT_EQ(3U, next_of(room));
  EXPECT_EQ(4U, next_of(room)) << "of one address the newest and the oldest take turns";
  room.release(kNoon + 500ms);
  EXPECT_EQ(1U, next_of(room));
}

TEST(WaitingRoom, WhoComesLaterDoesNotOvertakeWhoIsHeldBack) {
  WaitingRoom room;
  room.slow("slowed", kNoon);
  EXPECT_FALSE(room.push("slowed", 1, kNoon));
  EXPECT_FALSE(room.push("slowed", 2, kNoon + 1s));
  EXPECT_EQ(std::nullopt, next_of(room));
}

TEST(WaitingRoom, WhoWaitsAlreadyIsNotHeldBack) {
  WaitingRoom room;
  EXPECT_TRUE(room.push("slowed", 1, kNoon));
  room.slow("slowed", kNoon);
  EXPECT_EQ(1U, next_of(room));
}

TEST(WaitingRoom, WhoGoesAwayIsHeldBackNoMore) {
  WaitingRoom room;
  room.slow("slowed", kNoon);
  EXPECT_FALSE(room.push("slowed", 1, kNoon));
  EXPECT_FALSE(room.push("slowed", 2, kNoon));
  room.erase("slowed", 2);
  room.erase("slowed", 3);
  room.release(kNoon + 1s);
  EXPECT_EQ(1U, room.size());
  room.erase("slowed", 1);
  EXPECT_EQ(0U, room.size());
}

TEST(WaitingRoom, OfANewAddressOneTriesForTheOthers) {
  WaitingRoom room;
  for (const WaitingRoom::Id id : {1U, 2U, 3U}) EXPECT_TRUE(room.push("new", id, kNoon));
  EXPECT_EQ(3U, room.pop(Standing::kNew, kNoon));
  EXPECT_EQ(std::nullopt, room.pop(Standing::kNew, kNoon));
  room.admit("new", kNoon);
  EXPECT_EQ(1U, room.pop(Standing::kKnown, kNoon)) << "it was a guest";
}

TEST(WaitingRoom, OnceNothingIsSlowedAllAreLetGoAtOnce) {
  WaitingRoom room;
  room.slow("slowed", kNoon);
  for (const WaitingRoom::Id id : {1U, 2U, 3U}) EXPECT_FALSE(room.push("slowed", id, kNoon));
  room.release(kNoon + 30s);
  EXPECT_EQ(3U, room.size());
}

}  // namespace
}  // namespace comcat::server
