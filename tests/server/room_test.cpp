// A room by itself: people, listeners and a clock, no hub.

#include "comcat/server/room.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/wire/convert.h"

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Time kStart{seconds(1000)};

/// Somebody in the room, who reads each message as soon as woken, while `reading`.
class Guest final : public Link {
 public:
  Guest(wire::SessionNumber number, std::string name, const base::Time& clock)
      : who{.number = number,
            .id = "id",
            .name = name,
            .name_key = name,
            .about = {},
            .key_hash = {}},
        listener(*this, milliseconds(200)),
        clock_(clock) {
    listener.takes_batches = true;
  }

  void wake() override {
    ++woken;
    if (reading) read();
  }
  void close(const absl::Status& /*status*/) override {}

  void read() {
    while (listener.ready()) {
      std::string bytes;
      for (const Payload& part : listener.take(clock_).parts) bytes += *part;
      if (bytes.empty()) return;
      auto response = wire::parse_response(std::as_bytes(std::span(bytes)));
      ASSERT_TRUE(response.ok()) << response.status();
      messages.push_back(*std::move(response));
    }
  }

  /// How many frames, or events, each message held that came.
  template <typename Many>
  [[nodiscard]] std::vector<std::size_t> counts() const {
    std::vector<std::size_t> out;
    for (const wire::Response& message : messages) {
      if (const Many* many = std::get_if<Many>(&message)) out.push_back(many->size());
    }
    return out;
  }

  Participant who;
  Listener listener;
  bool reading = true;
  int woken = 0;
  std::vector<wire::Response> messages;

 private:
  const base::Time& clock_;
};

/// Of a shard that has more to send than it can, so that frames wait for each other.
SendLoad busy(base::Time now) {
  SendLoad load;
  load.count(0, now - seconds(1));
  load.count(1'000'000'000, now);
  return load;
}

using Counts = std::vector<std::size_t>;

class RoomTest : public ::testing::Test {
 protected:
  Guest& come(const std::string& name) {
    const auto number = static_cast<wire::SessionNumber>(guests_.size() + 1);
    guests_.push_back(std::make_unique<Guest>(number, name, now_));
    room_->add(guests_.back()->who, guests_.back()->listener);
    return *guests_.back();
  }
  void speak(const Guest& speaker, std::uint8_t level_dbov = 30) {
    wire::VoicePacket frame;
    frame.speaker = speaker.who.number;
    frame.level_dbov = level_dbov;
    frame.payload = "opus";
    room_->speak(speaker.who, frame, now_);
  }
  void tell_muted(const Guest& of, const Guest* except = nullptr) {
    room_->tell(wire::MuteChanged{of.who.number, true}, except == nullptr ? nullptr : &except->who,
                now_);
  }

  base::Time now_ = kStart;
  Metrics metrics_;
  SendLoad load_ = busy(kStart);
  RoomDeadlines deadlines_;
  std::vector<std::unique_ptr<Guest>> guests_;
  std::unique_ptr<Room> room_ =
      std::make_unique<Room>("Lobby", "lobby", 2, metrics_, load_, deadlines_);
  Guest& an_ = come("an");
  Guest& bo_ = come("bo");
  Guest& cy_ = come("cy");
};

TEST_F(RoomTest, WhereNothingWaitsNothingIsDue) {
  EXPECT_EQ(RoomDeadlines::kNever, room_->next_deadline());
  speak(an_);
  tell_muted(an_);
  EXPECT_EQ(RoomDeadlines::kNever, room_->next_deadline());
}

TEST_F(RoomTest, FramesThatWaitAreDueAfterTheTimeOfCoalescing) {
  speak(an_);
  speak(bo_);
  EXPECT_EQ(now_ + SendLoad::kLongestWait, room_->next_deadline());
  EXPECT_EQ((Counts{1}), cy_.counts<wire::VoicePackets>());
  room_->tick(now_ + SendLoad::kLongestWait - milliseconds(1));
  EXPECT_EQ((Counts{1}), cy_.counts<wire::VoicePackets>());
  now_ = room_->next_deadline();
  room_->tick(now_);
  EXPECT_EQ((Counts{1, 1}), cy_.counts<wire::VoicePackets>());
  EXPECT_EQ(RoomDeadlines::kNever, room_->next_deadline());
}

TEST_F(RoomTest, FramesThatNeedNotWaitAnyLongerAreDueNoMore) {
  speak(an_);
  speak(bo_);
  speak(an_);
  EXPECT_EQ((Counts{1, 2}), cy_.counts<wire::VoicePackets>());
  EXPECT_EQ(RoomDeadlines::kNever, room_->next_deadline());
}

TEST_F(RoomTest, OfFramesAndEventsTheEarlierIsDueFirst) {
  tell_muted(an_);
  tell_muted(bo_);
  const base::Time events_due = now_ + Room::kEventGap;
  EXPECT_EQ(events_due, room_->next_deadline());
  speak(an_);
  speak(bo_);
  EXPECT_EQ(now_ + SendLoad::kLongestWait, room_->next_deadline());
  room_->tick(now_ = room_->next_deadline());
  EXPECT_EQ(events_due, room_->next_deadline());
  EXPECT_EQ((Counts{1}), cy_.counts<wire::Events>());
  room_->tick(now_ = events_due);
  EXPECT_EQ((Counts{1, 1}), cy_.counts<wire::Events>());
}

TEST_F(RoomTest, OneLateTickSendsAllThatIsDue) {
  for (int i = 0; i < 4; ++i) tell_muted(an_);
  speak(an_);
  speak(bo_);
  room_->tick(now_ += milliseconds(150));
  EXPECT_EQ((Counts{1, 3}), cy_.counts<wire::Events>());
  EXPECT_EQ((Counts{1, 1}), cy_.counts<wire::VoicePackets>());
  EXPECT_EQ(RoomDeadlines::kNever, room_->next_deadline());
}

TEST_F(RoomTest, IsAmongTheOthersByItsDeadlineForAsLongAsItLives) {
  Room attic("Attic", "attic", 2, metrics_, load_, deadlines_);
  EXPECT_EQ(RoomDeadlines::kNever, deadlines_.next());
  tell_muted(an_);
  tell_muted(bo_);
  EXPECT_EQ(now_ + Room::kEventGap, deadlines_.next());
  EXPECT_EQ(room_.get(), &deadlines_.first());
  now_ += milliseconds(50);
  attic.tell(wire::Left{7, wire::LeaveReason::kLost, ""}, nullptr, now_);
  attic.tell(wire::Left{8, wire::LeaveReason::kLost, ""}, nullptr, now_);
  EXPECT_EQ(room_.get(), &deadlines_.first());
  room_.reset();
  EXPECT_EQ(&attic, &deadlines_.first());
  EXPECT_EQ(now_ + Room::kEventGap, deadlines_.next());
}

TEST_F(RoomTest, NobodyHearsThemselvesAndTheDeafenedHearNobody) {
  bo_.who.deafened = true;
  speak(an_);
  EXPECT_TRUE(an_.messages.empty());
  EXPECT_TRUE(bo_.messages.empty());
  EXPECT_EQ((Counts{1}), cy_.counts<wire::VoicePackets>());
}

TEST_F(RoomTest, WhoGaveUpTheSlotMakesRoomForAnother) {
  Guest& di = come("di");
  speak(an_);
  speak(bo_);
  speak(di);
  EXPECT_EQ(1U, metrics_.drops[static_cast<std::size_t>(Drop::kNotLoudest)]);
  room_->free_slot(bo_.who);
  speak(di);
  EXPECT_EQ(1U, metrics_.drops[static_cast<std::size_t>(Drop::kNotLoudest)]);
}

TEST_F(RoomTest, WhoLeftIsInNoRosterAndIsSentNothing) {
  room_->remove(bo_.who);
  EXPECT_EQ(2U, room_->size());
  EXPECT_FALSE(room_->has_name("bo", an_.who));
  const std::vector<wire::Member> roster = room_->roster();
  ASSERT_EQ(2U, roster.size());
  EXPECT_EQ("an", roster[0].name);
  EXPECT_EQ("cy", roster[1].name);
  speak(an_);
  room_->say({an_.who.number, "an", "hello"});
  EXPECT_EQ(0, bo_.woken);
}

TEST_F(RoomTest, ClientsThatKnowNoEventsAreToldNone) {
  an_.who.original = true;
  tell_muted(bo_);
  room_->say({bo_.who.number, "bo", "hello"});
  room_->deliver(wire::Draining{5000});
  EXPECT_TRUE(an_.messages.empty());
  EXPECT_EQ(3U, cy_.messages.size());
}

TEST_F(RoomTest, AnEventIsToldToAllButTheOne) {
  tell_muted(an_, &bo_);
  EXPECT_EQ((Counts{1}), an_.counts<wire::Events>());
  EXPECT_TRUE(bo_.messages.empty());
}

TEST_F(RoomTest, WhatOneListenerLosesIsCounted) {
  cy_.reading = false;
  for (int i = 0; i < 20; ++i, now_ += milliseconds(20)) speak(an_);
  EXPECT_GT(metrics_.drops[static_cast<std::size_t>(Drop::kQueueOverflow)], 5U);
  EXPECT_EQ(20U, bo_.messages.size());
}

TEST_F(RoomTest, WhoFellBehindIsCaughtUpOnceNoWriteIsUnderWay) {
  cy_.reading = false;
  cy_.listener.write_started = now_;
  for (int i = 0; i < 1000; ++i) tell_muted(an_);
  room_->catch_up();
  EXPECT_TRUE(cy_.listener.messages.behind());
  cy_.listener.write_started = {};
  cy_.reading = true;
  room_->catch_up();
  ASSERT_EQ(1U, cy_.messages.size());
  const auto& events = std::get<wire::Events>(cy_.messages[0]);
  EXPECT_EQ(3U, std::get<wire::Roster>(events.at(0)).members.size());
  EXPECT_EQ("Lobby", std::get<wire::Roster>(events.at(0)).room);
}

TEST_F(RoomTest, WhoCannotBeToldWhatMustArriveHasOverflowed) {
  cy_.reading = false;
  for (int i = 0; i < 1000; ++i) room_->deliver(wire::Draining{5000});
  EXPECT_TRUE(cy_.listener.overflowed);
  EXPECT_FALSE(an_.listener.overflowed);
}

}  // namespace
}  // namespace comcat::server
