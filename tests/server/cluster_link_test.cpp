// One room over several nodes: who is there, and what they say.

#include "comcat/server/cluster_link.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/wire/cluster_convert.h"

#include "server/town.h"

namespace comcat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> names(const Person& person) {
  std::vector<std::string> out;
  for (const wire::Member& member : person.caller.room->roster()) out.push_back(member.name);
  return out;
}

std::vector<std::string> heard(const Person& person) {
  std::vector<std::string> out;
  for (const Person::Heard& it : person.heard) out.push_back(it.frame.payload);
  return out;
}

struct OneRoom : ::testing::Test {
  Town town{2};
  House& here = town.nodes[0]->house;
  House& there = town.nodes[1]->house;

  Person& join(House& house, const std::string& name) {
    Person& person = house.join(name);
    town.pass(milliseconds(200));
    return person;
  }
};

TEST_F(OneRoom, NumbersOfSessionsAreUnique) {
  const Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  EXPECT_NE(an.number(), bo.number());
}

TEST_F(OneRoom, WhoComesIsToldToThoseElsewhere) {
  const Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  ASSERT_THAT(an.told<wire::Joined>(), SizeIs(1));
  EXPECT_EQ(an.told<wire::Joined>()[0].member.name, "bo");
  EXPECT_THAT(names(an), ElementsAre("an", "bo"));
  EXPECT_THAT(names(bo), ElementsAre("bo", "an"));
}

TEST_F(OneRoom, WhatBecomesOfThemIsToldAsOfAnybody) {
  const Person& an = join(here, "an");
  Person& bo = join(there, "bo");
  there.command(bo, wire::SetMute{true});
  town.pass(milliseconds(200));
  there.command(bo, wire::SetDeafen{true});
  town.pass(milliseconds(200));
  ASSERT_THAT(an.told<wire::MuteChanged>(), SizeIs(1));
  EXPECT_TRUE(an.told<wire::MuteChanged>()[0].muted);
  ASSERT_THAT(an.told<wire::DeafenChanged>(), SizeIs(1));
  there.hang_up(bo);
  town.pass(milliseconds(200));
  ASSERT_THAT(an.told<wire::Left>(), SizeIs(1));
  EXPECT_EQ(an.told<wire::Left>()[0].reason, wire::LeaveReason::kStopped);
  EXPECT_THAT(names(an), ElementsAre("an"));
}

TEST_F(OneRoom, WhoLeavesAndComesBackIsThereAgain) {
  const Person& an = join(here, "an");
  Person& bo = join(there, "bo");
  there.command(bo, wire::JoinRoom{"den"});
  town.pass(milliseconds(200));
  EXPECT_THAT(names(an), ElementsAre("an"));
  there.command(bo, wire::JoinRoom{"lobby"});
  town.pass(milliseconds(200));
  EXPECT_THAT(names(an), ElementsAre("an", "bo"));
}

TEST_F(OneRoom, WhatIsSaidIsHeardElsewhere) {
  Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  ASSERT_TRUE(here.speak(an, 30, "hello").ok());
  town.pass(milliseconds(20));
  EXPECT_THAT(heard(bo), ElementsAre("hello"));
  EXPECT_EQ(bo.heard[0].frame.speaker, an.number());
  EXPECT_THAT(heard(an), ElementsAre());
}

TEST_F(OneRoom, TextsAreReadElsewhereOnce) {
  Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  const std::uint64_t trace_id = here.command(an, wire::Say{"hello"});
  EXPECT_THAT(an.answers(trace_id), SizeIs(0));
  town.pass(milliseconds(20));
  ASSERT_THAT(bo.told<wire::TextSaid>(), SizeIs(1));
  EXPECT_EQ(bo.told<wire::TextSaid>()[0].text, "hello");
  EXPECT_EQ(bo.told<wire::TextSaid>()[0].name, "an");
  EXPECT_EQ(bo.told<wire::TextSaid>()[0].session, an.number());
  EXPECT_THAT(an.told<wire::TextSaid>(), SizeIs(1));
  EXPECT_THAT(an.answers(trace_id), SizeIs(1));
}

TEST_F(OneRoom, HoweverManyListenElsewhereEachFrameLeavesOnce) {
  Person& an = join(here, "an");
  for (int listeners = 1; listeners <= 50; ++listeners) {
    there.join("l" + std::to_string(listeners));
    if (listeners != 1 && listeners != 50) continue;
    town.pass(milliseconds(500));
    const std::size_t before = town.nodes[0]->voice_messages;
    for (int frame = 0; frame < 50; ++frame) {
      ASSERT_TRUE(here.speak(an).ok());
      town.pass(milliseconds(20));
    }
    EXPECT_EQ(town.nodes[0]->voice_messages - before, 50) << listeners;
  }
}

TEST_F(OneRoom, NothingLeavesWhereNobodyIsElsewhere) {
  Person& an = join(here, "an");
  here.join("ai");
  ASSERT_TRUE(here.speak(an).ok());
  town.pass(milliseconds(100));
  EXPECT_EQ(town.nodes[0]->voice_messages, 0);
}

TEST_F(OneRoom, WhoSaysToBeSomebodyElseIsNotHeard) {
  const Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  wire::RoomVoice voice{"lobby", {}};
  wire::VoicePacket packet;
  packet.payload = "lie";
  packet.speaker = bo.number();
  voice.packets.push_back(packet);
  const Topic topic{Topic::Kind::kVoice, "lobby"};
  const std::uint64_t before = there.metrics.node_messages_refused;
  // Another node's participant; another node's number; another cluster's; nothing at all.
  town.deliver(*town.nodes[0], *town.nodes[1], topic,
               wire::encode_node_message(town.nodes[0]->self(), voice));
  town.deliver(*town.nodes[0], *town.nodes[1], topic,
               wire::encode_node_message(town.nodes[1]->self(), voice));
  wire::Sender foreign = town.nodes[0]->self();
  foreign.cluster = "other";
  town.deliver(*town.nodes[0], *town.nodes[1], topic, wire::encode_node_message(foreign, voice));
  town.deliver(*town.nodes[0], *town.nodes[1], topic, "nonsense");
  EXPECT_EQ(there.metrics.node_messages_refused - before, 4);
  EXPECT_THAT(heard(bo), ElementsAre());
  EXPECT_THAT(heard(an), ElementsAre());
}

TEST_F(OneRoom, WhomALostNodeHadAreAwayAndLeaveAfterTheGrace) {
  const Person& an = join(here, "an");
  join(there, "bo");
  town.nodes[1]->alive = false;
  town.pass(seconds(4));
  EXPECT_THAT(an.told<wire::Away>(), SizeIs(1));
  EXPECT_THAT(here.hub.cluster()->described(here.now), ::testing::Not(HasSubstr("node2")));
  town.pass(seconds(40));
  ASSERT_THAT(an.told<wire::Left>(), SizeIs(1));
  EXPECT_EQ(an.told<wire::Left>()[0].reason, wire::LeaveReason::kLost);
  EXPECT_THAT(names(an), ElementsAre("an"));
}

TEST_F(OneRoom, AfterASplitTheyAreBackAndHeard) {
  const Person& an = join(here, "an");
  Person& bo = join(there, "bo");
  town.connected = false;
  town.pass(seconds(5));
  EXPECT_THAT(an.told<wire::Away>(), SizeIs(1));
  town.connected = true;
  town.pass(seconds(2));
  EXPECT_THAT(an.told<wire::Back>(), SizeIs(1));
  EXPECT_THAT(an.told<wire::Left>(), SizeIs(0));
  ASSERT_TRUE(there.speak(bo, 30, "again").ok());
  town.pass(milliseconds(20));
  EXPECT_THAT(heard(an), ElementsAre("again"));
}

TEST_F(OneRoom, ANodeThatDrainsTakesItsPeopleWithIt) {
  const Person& an = join(here, "an");
  join(there, "bo");
  there.hub.drain(seconds(1), there.now);
  town.pass(milliseconds(200));
  ASSERT_THAT(an.told<wire::Left>(), SizeIs(1));
  EXPECT_THAT(here.hub.cluster()->described(here.now), HasSubstr("drains"));
  there.hub.cluster()->say_going(/*ends=*/true, there.now);
  town.deliver();
  EXPECT_THAT(here.hub.cluster()->described(here.now), ::testing::Not(HasSubstr("node2")));
  EXPECT_EQ(here.metrics.nodes, 1);
}

TEST_F(OneRoom, WhoComesWhenTheRoomIsKnownAlreadyIsWelcomedWithAll) {
  join(here, "an");
  Person& bo = join(there, "bo");
  there.command(bo, wire::JoinRoom{"den"});
  town.pass(seconds(3));
  Person& cy = there.connect();
  ASSERT_TRUE(there.say_hello(cy, {"cy", "lobby", "", wire::kFeatureVoiceBatch}).ok());
  town.pass(seconds(3));
  ASSERT_THAT(cy.welcomes, SizeIs(1));
  // Whether by the welcome or just after it, cy knows once of everybody.
  std::vector<std::string> known;
  for (const wire::Member& member : cy.welcomes[0].members) known.push_back(member.name);
  for (const wire::Joined& joined : cy.told<wire::Joined>()) known.push_back(joined.member.name);
  EXPECT_THAT(known, ::testing::UnorderedElementsAre("cy", "an"));
}

TEST_F(OneRoom, ANameThatSomebodyHasElsewhereIsRefusedThoughNobodyIsInTheRoomHere) {
  join(here, "an");
  Person& other = there.connect();
  static_cast<void>(there.say_hello(other, {"An", "lobby", "", wire::kFeatureVoiceBatch}));
  town.pass(milliseconds(200));
  EXPECT_THAT(other.welcomes, SizeIs(0));
  ASSERT_TRUE(other.closed);
  EXPECT_TRUE(absl::IsAlreadyExists(*other.closed)) << *other.closed;
  EXPECT_THAT(std::string(other.closed->message()), HasSubstr("goes by the name An"));
}

TEST_F(OneRoom, OfTwoWhoClaimANameAtOnceAtTwoNodesOneIsRefused) {
  town.pass(seconds(1));
  Person& one = here.connect();
  Person& other = there.connect();
  static_cast<void>(here.say_hello(one, {"an", "lobby", "", wire::kFeatureVoiceBatch}));
  static_cast<void>(there.say_hello(other, {"an", "lobby", "", wire::kFeatureVoiceBatch}));
  town.pass(milliseconds(700));
  EXPECT_EQ(1U, one.welcomes.size() + other.welcomes.size());
  EXPECT_NE(one.closed.has_value(), other.closed.has_value());
}

TEST_F(OneRoom, WhoGoesWhileTheirNameIsAskedForIsInNoRoom) {
  join(here, "an");
  town.connected = false;
  Person& bo = there.connect();
  static_cast<void>(there.say_hello(bo, {"bo", "lobby", "", wire::kFeatureVoiceBatch}));
  there.hang_up(bo);
  town.connected = true;
  town.pass(seconds(1));
  EXPECT_THAT(bo.welcomes, SizeIs(0));
  EXPECT_EQ(nullptr, bo.caller.room);
}

TEST(CrowdedRoom, OnlyTheLoudestOfANodeLeaveIt) {
  Town town(2, /*max_speakers=*/2);
  House& here = town.nodes[0]->house;
  House& there = town.nodes[1]->house;
  std::vector<Person*> speakers;
  for (const char* name : {"a", "b", "c", "d"}) speakers.push_back(&here.join(name));
  const Person& listener = there.join("listener");
  town.pass(milliseconds(500));
  for (int frame = 0; frame < 50; ++frame) {
    for (Person* speaker : speakers) ASSERT_TRUE(here.speak(*speaker, 30).ok());
    town.pass(milliseconds(20));
  }
  EXPECT_LE(here.metrics.remote_frames_out, 2 * 50);
  EXPECT_EQ(listener.heard.size(), here.metrics.remote_frames_out);
}

TEST(CrowdedRoom, OfTheLoudestOfAllNodesAListenerIsSentNoMoreThanOfOne) {
  Town town(3, /*max_speakers=*/2);
  std::vector<std::pair<House*, Person*>> speakers;
  for (const auto& node : town.nodes) {
    for (const char* name : {"a", "b"}) {
      speakers.emplace_back(&node->house,
                            &node->house.join(name + std::to_string(node->self().node)));
    }
  }
  const Person& listener = town.nodes[0]->house.join("listener");
  town.pass(milliseconds(500));
  const std::size_t before = listener.heard.size();
  for (int frame = 0; frame < 50; ++frame) {
    for (const auto& [house, speaker] : speakers) ASSERT_TRUE(house->speak(*speaker, 30).ok());
    town.pass(milliseconds(20));
  }
  EXPECT_LE(listener.heard.size() - before, 2 * 50);
  EXPECT_GE(listener.heard.size() - before, 50);
}

}  // namespace
}  // namespace comcat::server
