// Who goes in and out of rooms, and when which of them is due; no hub.

#include "comcat/server/rooms.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CountingLink final : public Link {
 public:
  void wake() override { ++woken; }
  void close(const absl::Status& /*status*/) override {}

  int woken = 0;
};

struct Guest {
  Guest(wire::SessionNumber number, const std::string& name) {
    caller.who.number = number;
    caller.who.set_name(name);
  }

  CountingLink link;
  Caller caller{link, "192.0.2.1", {}};
};

class RoomsTest : public ::testing::Test {
 protected:
  Guest& come(const std::string& name, const std::string& room) {
    const auto number = static_cast<wire::SessionNumber>(guests_.size() + 1);
    guests_.push_back(std::make_unique<Guest>(number, name));
    EXPECT_TRUE(enter(*guests_.back(), room).ok());
    return *guests_.back();
  }
  absl::Status enter(Guest& guest, const std::string& room) {
    return rooms_.enter(guest.caller, room, now_);
  }
  void leave(Guest& guest) { rooms_.leave(guest.caller, wire::LeaveReason::kStopped, now_); }
  /// Two events at once: the second waits.
  void tell_twice(const Guest& of) {
    for (const bool muted : {true, false}) {
      of.caller.room->tell(wire::MuteChanged{of.caller.who.number, muted}, nullptr, now_);
    }
  }

  base::Time now_{seconds(1000)};
  Metrics metrics_;
  Rooms rooms_{{.max_rooms = 1000}, metrics_};
  std::vector<std::unique_ptr<Guest>> guests_;
};

TEST_F(RoomsTest, WithoutRoomsNothingIsDue) {
  EXPECT_EQ(RoomDeadlines::kNever, rooms_.next_deadline());
  rooms_.tick(now_);
}

TEST_F(RoomsTest, AmongAThousandTheEarliestIsDueAndOnlyThoseThatAreHaveTheirTick) {
  for (int i = 0; i < 1000; ++i) come("an", "room " + std::to_string(i));
  now_ += seconds(1);
  Guest& late = *guests_[123];
  Guest& early = *guests_[987];
  tell_twice(early);
  now_ += milliseconds(30);
  tell_twice(late);
  EXPECT_EQ(now_ + Room::kEventGap - milliseconds(30), rooms_.next_deadline());
  const int woken = late.link.woken;
  now_ = rooms_.next_deadline();
  rooms_.tick(now_);
  EXPECT_EQ(woken, late.link.woken);
  EXPECT_EQ(now_ + milliseconds(30), rooms_.next_deadline());
  rooms_.tick(now_ + milliseconds(30));
  EXPECT_EQ(woken + 1, late.link.woken);
  EXPECT_EQ(RoomDeadlines::kNever, rooms_.next_deadline());
}

TEST_F(RoomsTest, ARoomThatEndsTakesItsDeadlineWithIt) {
  Guest& an = come("an", "lobby");
  now_ += seconds(1);
  tell_twice(an);
  EXPECT_NE(RoomDeadlines::kNever, rooms_.next_deadline());
  leave(an);
  rooms_.tick(now_ + Rooms::kKept);
  EXPECT_EQ(RoomDeadlines::kNever, rooms_.next_deadline());
  rooms_.tick(now_ + Rooms::kKept + seconds(1));
}

TEST_F(RoomsTest, ARoomEndsTwentySecondsAfterTheLastHasLeft) {
  leave(come("an", "The Attic"));
  EXPECT_EQ(0U, metrics_.rooms) << "with somebody in them";
  rooms_.tick(now_ += seconds(19));
  ASSERT_NE(nullptr, rooms_.find("the attic"));
  Guest& bo = come("bo", "the attic");
  EXPECT_EQ("The Attic", bo.caller.room->name()) << "it is the same room";
  rooms_.tick(now_ += seconds(60));
  ASSERT_NE(nullptr, rooms_.find("the attic"));
  leave(bo);
  EXPECT_EQ(now_ + seconds(20), rooms_.next_deadline());
  rooms_.tick(now_ += seconds(20));
  EXPECT_EQ(nullptr, rooms_.find("the attic"));
}

TEST_F(RoomsTest, RoomsThatNobodyIsInMakeSpaceForOthersTheOldestFirst) {
  for (int i = 0; i < 1000; ++i) {
    leave(come("an", "room " + std::to_string(i)));
    now_ += milliseconds(1);
  }
  Guest& bo = come("bo", "attic");
  EXPECT_EQ(1000U, rooms_.list().rooms.size());
  EXPECT_EQ(nullptr, rooms_.find("room 0"));
  EXPECT_NE(nullptr, rooms_.find("room 1"));
  EXPECT_TRUE(enter(bo, "room 1").ok());
}

TEST_F(RoomsTest, ARoomThatWasDeclaredLastsUntilItIsNotAnyMore) {
  rooms_.declare({{"The Club", {.lasts = true, .passcode = {}}}}, now_);
  rooms_.tick(now_ += seconds(1000));
  ASSERT_NE(nullptr, rooms_.find("the club"));
  EXPECT_EQ(0U, rooms_.list().rooms.at(0).members);
  Guest& an = come("an", "the club");
  leave(an);
  rooms_.tick(now_ += seconds(1000));
  ASSERT_NE(nullptr, rooms_.find("the club"));
  ASSERT_TRUE(enter(an, "the club").ok());
  rooms_.declare({}, now_);
  rooms_.tick(now_ += seconds(1000));
  ASSERT_NE(nullptr, rooms_.find("the club")) << "somebody is there";
  leave(an);
  rooms_.tick(now_ += seconds(20));
  EXPECT_EQ(nullptr, rooms_.find("the club"));
}

TEST_F(RoomsTest, NobodyEntersARoomThatHasAllItMayHaveButWhoIsThereAlready) {
  rooms_.declare({{"club", {.lasts = true, .passcode = {}, .most_people = 2}}}, now_);
  Guest& an = come("an", "club");
  come("bo", "club");
  Guest& cy = come("cy", "lobby");
  EXPECT_TRUE(absl::IsResourceExhausted(enter(cy, "club")));
  EXPECT_TRUE(rooms_.may_enter(cy.caller.who, "club", an.caller.who, an.caller.room).ok())
      << "in an's place";
  leave(an);
  EXPECT_TRUE(enter(cy, "club").ok());
}

TEST_F(RoomsTest, TheRoomOfAPasscodeIsEnteredByWhoeverKnowsIt) {
  rooms_.declare({{"club", {.lasts = true, .passcode = Passcode("swordfish")}}}, now_);
  Guest& an = come("an", "lobby");
  EXPECT_TRUE(absl::IsUnauthenticated(rooms_.check_passcode(an.caller, "Club", "", now_)));
  EXPECT_TRUE(absl::IsUnauthenticated(rooms_.check_passcode(an.caller, "Club", "cod", now_)));
  EXPECT_TRUE(rooms_.check_passcode(an.caller, "Club", "swordfish", now_).ok());
  EXPECT_TRUE(rooms_.check_passcode(an.caller, "elsewhere", "cod", now_).ok());
  EXPECT_TRUE(rooms_.list().rooms.at(0).asks_passcode);
}

TEST_F(RoomsTest, ANewRoomHasANameThatNobodyIsToldWhoDoesNotKnowIt) {
  const std::string name = rooms_.new_name();
  EXPECT_EQ(10U, name.size());
  EXPECT_EQ(std::string::npos, name.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"));
  EXPECT_NE(name, rooms_.new_name());
  Guest& an = come("an", name);
  Guest& bo = come("bo", "lobby");
  Guest& host = come("cy", "lobby");
  host.caller.who.host = true;
  EXPECT_EQ(2U, rooms_.list(&an.caller).rooms.size());
  ASSERT_EQ(1U, rooms_.list(&bo.caller).rooms.size());
  EXPECT_EQ("lobby", rooms_.list_with_names(&bo.caller).rooms[0].name);
  EXPECT_EQ(2U, rooms_.list(&host.caller).rooms.size());
  EXPECT_TRUE(enter(bo, name).ok());
}

TEST_F(RoomsTest, WhoMayNotEnterStaysAndNoRoomIsMade) {
  Guest& an = come("an", "lobby");
  come("An", "attic");
  Room* const lobby = an.caller.room;
  EXPECT_TRUE(absl::IsAlreadyExists(enter(an, "attic")));
  EXPECT_EQ(lobby, an.caller.room);
  EXPECT_EQ(1U, lobby->size());
  EXPECT_EQ(2U, rooms_.list().rooms.size());
}

TEST_F(RoomsTest, MovingLeavesNothingOfTheOldRoomInTheQueues) {
  Guest& an = come("an", "lobby");
  come("bo", "lobby");
  an.caller.room->say({2, "bo", "hello"});
  tell_twice(an);
  ASSERT_TRUE(enter(an, "attic").ok());
  const StreamMessage text = an.caller.listener.take(now_);  // a text was said to whoever was there
  EXPECT_EQ(1U, text.parts.size());
  EXPECT_FALSE(an.caller.listener.ready());
}

TEST_F(RoomsTest, LeavingTwiceIsHarmless) {
  Guest& an = come("an", "lobby");
  come("bo", "lobby");
  leave(an);
  leave(an);
  EXPECT_EQ(nullptr, an.caller.room);
  EXPECT_EQ(1U, rooms_.list().rooms.at(0).members);
}

TEST_F(RoomsTest, WhileTheServerDrainsNobodyIsToldWhoLeaves) {
  Guest& an = come("an", "lobby");
  Guest& bo = come("bo", "lobby");
  rooms_.tick(now_ += seconds(1));  // who came, has been told
  rooms_.drain(seconds(5));
  const int woken = an.link.woken;
  leave(bo);
  rooms_.tick(now_ + seconds(1));
  EXPECT_EQ(woken, an.link.woken);
}

}  // namespace
}  // namespace comcat::server
