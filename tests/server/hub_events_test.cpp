// What the people in a room are told of each other, however many come at once and however slowly
// somebody reads.

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "server/house.h"

namespace comcat::server {
namespace {

/// Who is in the room, as `caller` knows it from its welcome and what it was told since.
std::set<std::string> known_to(const Person& person) {
  std::map<wire::SessionNumber, std::string> there;
  const auto enter = [&](const std::vector<wire::Member>& members) {
    there.clear();
    for (const wire::Member& member : members) there[member.session] = member.name;
  };
  enter(person.welcomes.at(0).members);
  for (const wire::Event& event : person.events) {
    if (const auto* joined = std::get_if<wire::Joined>(&event)) {
      there[joined->member.session] = joined->member.name;
    } else if (const auto* left = std::get_if<wire::Left>(&event)) {
      there.erase(left->session);
    } else if (const auto* roster = std::get_if<wire::Roster>(&event)) {
      enter(roster->members);
    }
  }
  std::set<std::string> names;
  for (const auto& [session, name] : there) names.insert(name);
  return names;
}

Person& come(House& house, const std::string& name) {
  Person& person = house.connect();
  EXPECT_TRUE(house.say_hello(person, {name, "lobby", "", wire::kFeatureVoiceBatch}).ok());
  return person;
}

class EventsForTwo : public ::testing::Test {
 protected:
  House house_;
  Person& an_ = house_.join("an");
  Person& bo_ = house_.join("bo");
};

TEST_F(EventsForTwo, TheFirstLeavesAtOnceAndThoseThatFollowLeaveTogether) {
  an_.forget();
  house_.command(bo_, wire::SetMute{true});
  EXPECT_EQ(1U, an_.told<wire::MuteChanged>().size());
  house_.command(bo_, wire::SetMute{false});
  house_.command(bo_, wire::SetDeafen{true});
  EXPECT_EQ(1U, an_.events.size());
  house_.pass(Room::kEventGap);
  EXPECT_EQ(3U, an_.events.size());
  EXPECT_EQ(2U, an_.bytes.size());
}

TEST_F(EventsForTwo, ATextWaitsForNothing) {
  house_.command(bo_, wire::SetMute{true});
  house_.command(bo_, wire::SetMute{false});
  house_.command(bo_, wire::Say{"hello"});
  EXPECT_EQ(1U, an_.told<wire::TextSaid>().size());
}

TEST_F(EventsForTwo, VoiceDoesNotWaitForEventsNorPullThemAlong) {
  house_.command(bo_, wire::SetMute{true});
  house_.command(bo_, wire::SetMute{false});
  ASSERT_TRUE(house_.speak(bo_).ok());
  EXPECT_EQ(1U, an_.heard.size());
  EXPECT_EQ(1U, an_.told<wire::MuteChanged>().size());
}

TEST(Events, AThousandWhoComeAtOnceCostEachOtherAFewMessages) {
  House house;
  for (int i = 0; i < 1000; ++i) {
    come(house, "caller " + std::to_string(i));
    house.pass(milliseconds(1));
  }
  house.pass(Room::kEventGap);
  for (const auto& person : house.people) {
    EXPECT_FALSE(person->closed);
    EXPECT_LE(person->bytes.size(), 25U);
    ASSERT_EQ(1000U, known_to(*person).size());
  }
}

TEST(Events, WhoIsTooSlowForThemIsToldWhoIsThereInsteadOfBeingClosed) {
  House house;
  Person& slow = come(house, "slow");
  slow.reading = false;
  slow.caller.listener.write_started = house.now;
  for (int i = 0; i < 1000; ++i) {
    Person& guest = come(house, "guest " + std::to_string(i));
    if (i % 2 == 0) house.hang_up(guest);
    house.pass(milliseconds(1));
  }
  ASSERT_FALSE(slow.closed);
  EXPECT_TRUE(slow.caller.listener.messages.behind());
  slow.reading = true;
  slow.caller.listener.write_started = {};
  house.pass(seconds(1));
  EXPECT_LE(slow.bytes.size(), 3U);
  EXPECT_EQ(1U, slow.told<wire::Roster>().size());
  EXPECT_EQ(501U, known_to(slow).size());
  house.hang_up(*house.people.back());
  house.pass(Room::kEventGap);
  EXPECT_EQ(500U, known_to(slow).size());
}

TEST(Events, NoRosterIsMadeForWhoReadsNothing) {
  House house;
  Person& stalled = come(house, "stalled");
  stalled.reading = false;
  stalled.caller.listener.write_started = house.now;
  for (int i = 0; i < 1000; ++i) come(house, "guest " + std::to_string(i));
  house.pass(seconds(5));
  EXPECT_TRUE(stalled.caller.listener.messages.behind());
  stalled.caller.listener.write_started = {};
  house.pass(seconds(1));
  EXPECT_FALSE(stalled.caller.listener.messages.behind());
}

TEST_F(EventsForTwo, OfTheRoomThatOneLeftNoneFollowOneIntoTheNext) {
  house_.command(bo_, wire::SetMute{true});
  house_.command(bo_, wire::SetMute{false});
  house_.command(an_, wire::JoinRoom{"attic"});
  house_.pass(seconds(1));
  EXPECT_EQ(1U, an_.told<wire::MuteChanged>().size());
}

}  // namespace
}  // namespace comcat::server
