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
  EXPECT_EQ(RoomDeadlines::kNever, rooms_.next_deadline());
  rooms_.tick(now_ + seconds(1));
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
