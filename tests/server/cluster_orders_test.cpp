// What hosts do, and whom people write to, at other nodes.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/wire/cluster_convert.h"

#include "server/three_houses.h"

namespace comcat::server {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Hosted : ThreeHouses {
  Person& host(House& house, const std::string& name, const std::string& room = "lobby") {
    Person& person = house.connect();
    person.caller.who.host = true;
    EXPECT_TRUE(house.say_hello(person, {name, room, "", wire::kFeatureVoiceBatch}).ok());
    town.pass(milliseconds(200));
    person.forget();
    return person;
  }
};

TEST_F(Hosted, SomebodyAtAnotherNodeIsKickedAndToldWhy) {
  const Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  EXPECT_EQ("bo is out of the call", admin("kick bo because noise"));
  ASSERT_TRUE(bo.closed);
  EXPECT_EQ("a host has removed you: noise", bo.closed->message());
  town.pass(milliseconds(200));
  ASSERT_THAT(an.told<wire::Left>(), SizeIs(1));
  EXPECT_EQ(wire::LeaveReason::kRemoved, an.told<wire::Left>()[0].reason);
  EXPECT_EQ("noise", an.told<wire::Left>()[0].why);
}

TEST_F(Hosted, AHostInTheCallMutesSomebodyAtAnotherNodeAndUnmutesThem) {
  Person& an = host(here, "an");
  Person& bo = join(there, "bo");
  EXPECT_EQ("bo is heard by nobody", outcome(here, an, wire::HostWords{"mute bo"}).text);
  EXPECT_TRUE(bo.caller.who.muted_by_host);
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kPermissionDenied),
            outcome(there, bo, wire::SetMute{false}).status);
  EXPECT_EQ("bo is no longer muted by a host",
            outcome(here, an, wire::HostWords{"unmute bo"}).text);
  EXPECT_FALSE(bo.caller.who.muted_by_host);
}

TEST_F(Hosted, OfSeveralOfOneNameTheOneInTheHostsRoomIsMeantElseTheRoomHasToBeSaid) {
  Person& an = host(here, "an", "den");
  const Person& near = join(there, "bo", "den");
  const Person& far = join(yonder, "bo", "attic");
  EXPECT_THAT(admin("kick bo"), HasSubstr("several are called bo, in "));
  EXPECT_FALSE(near.closed || far.closed);
  EXPECT_EQ(0, outcome(here, an, wire::HostWords{"kick bo"}).status);
  EXPECT_TRUE(near.closed && !far.closed);
  EXPECT_EQ("bo is out of the call", admin("kick bo in Attic"));
  EXPECT_TRUE(far.closed);
  EXPECT_EQ("nobody is called bo", admin("kick bo"));
}

TEST_F(Hosted, ARoomIsClosedAtAllNodes) {
  const Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  const Person& cy = join(yonder, "cy");
  const Person& di = join(yonder, "di", "den");
  EXPECT_EQ("the room lobby is closed; 3 callers are out of the call",
            admin("close lobby because late"));
  for (const Person* const it : {&an, &bo, &cy}) {
    ASSERT_TRUE(it->closed);
    EXPECT_EQ("a host has closed the room lobby: late", it->closed->message());
  }
  EXPECT_FALSE(di.closed);
  EXPECT_EQ("the room den is closed; 1 caller is out of the call", admin("close den"));
  EXPECT_EQ("nobody is in the room den", admin("close den"));
}

TEST_F(Hosted, WhatIsSaidToEveryoneIsReadAtAllNodes) {
  const Person& an = join(here, "an");
  const Person& bo = join(there, "bo", "den");
  EXPECT_EQ("said to everyone", admin("say back at 5"));
  for (const Person* const it : {&an, &bo}) {
    ASSERT_THAT(it->told<wire::Announced>(), SizeIs(1));
    EXPECT_EQ("back at 5", it->told<wire::Announced>()[0].text);
  }
}

TEST_F(Hosted, ANodeThatDoesNotAnswerIsNamedAfterTheDeadline) {
  join(there, "bo");
  town.connected = false;
  EXPECT_EQ("no answer", admin("say hello"));
  town.pass(Errands::kPatience);
  ASSERT_TRUE(here.administered && here.administered->ok());
  EXPECT_EQ("said to everyone; not answered in time: node2, node3", **here.administered);
  EXPECT_EQ("nobody is called bo; not answered in time: node2, node3",
            admin("kick bo", Errands::kPatience));
}

TEST_F(Hosted, OrdersOfNobodyWhoLivesAndOfWhatNoNodeMayWantAreRefused) {
  const Person& bo = join(there, "bo");
  const Topic topic{Topic::Kind::kNode, {}, 2};
  const auto order = [&](const wire::Sender& as, const std::string& words) {
    const std::uint64_t before = there.metrics.node_messages_refused;
    town.deliver(*town.nodes[0], *town.nodes[1], topic,
                 wire::encode_node_message(as, wire::Order{1, words, "an", bo.number()}));
    return there.metrics.node_messages_refused - before;
  };
  wire::Sender other_start = town.nodes[0]->self();
  other_start.incarnation += 1;
  EXPECT_EQ(1, order(other_start, "kick bo"));
  EXPECT_EQ(1, order(town.nodes[0]->self(), "drain"));
  EXPECT_EQ(1, order(town.nodes[0]->self(), "nonsense"));
  EXPECT_FALSE(bo.closed);
  EXPECT_EQ(0, order(town.nodes[0]->self(), "kick bo"));
  EXPECT_TRUE(bo.closed);
}

TEST_F(Hosted, AHostDoesNotBanThemselvesByWhoIsAtTheirAddressElsewhere) {
  Person& an = host(here, "an");
  const Person& bo = join(there, "bo");  // from the same address
  EXPECT_EQ("that is your own address: you would be out as well",
            outcome(here, an, wire::HostWords{"ban bo"}).text);
  EXPECT_FALSE(bo.closed);
}

// ---- texts for one person

TEST_F(Hosted, ATextForOnePersonReachesThemAtAnotherNodeAndNobodyElse) {
  Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  const Person& cy = join(yonder, "cy");
  EXPECT_EQ(0, outcome(here, an, wire::Tell{"Bo", "psst"}).status);
  ASSERT_THAT(bo.told<wire::Told>(), SizeIs(1));
  EXPECT_EQ("psst", bo.told<wire::Told>()[0].text);
  EXPECT_EQ("an", bo.told<wire::Told>()[0].name);
  EXPECT_EQ(an.number(), bo.told<wire::Told>()[0].session);
  EXPECT_THAT(cy.told<wire::Told>(), SizeIs(0));
}

TEST_F(Hosted, ATextForNobodyOrForWhoIsAwayIsRefusedAsOnOneServer) {
  Person& an = join(here, "an");
  join(there, "bo");
  EXPECT_EQ("nobody in your room goes by that name",
            outcome(here, an, wire::Tell{"cy", "psst"}).text);
  town.nodes[1]->alive = false;
  town.pass(seconds(4));
  EXPECT_EQ("bo is away; try again once they are back",
            outcome(here, an, wire::Tell{"bo", "psst"}).text);
}

TEST_F(Hosted, WhoTakesNoMoreTextsIsSaidNotToByTheirNode) {
  Person& an = join(here, "an");
  Person& bo = join(there, "bo");
  bo.reading = false;
  wire::Outcome last;
  for (int i = 0; i < 1000 && last.status == 0; ++i) {
    here.pass(seconds(1));
    last = outcome(here, an, wire::Tell{"bo", "psst"}, milliseconds(10));
  }
  EXPECT_EQ("bo has too many texts to read; try again", last.text);
}

TEST_F(Hosted, ATextWhoseNodeDoesNotAnswerIsAnsweredAfterTheDeadline) {
  Person& an = join(here, "an");
  join(there, "bo");
  town.connected = false;
  const std::uint64_t id = here.command(an, wire::Tell{"bo", "psst"});
  town.pass(Errands::kPatience);
  ASSERT_THAT(an.answers(id), SizeIs(1));
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kUnavailable), an.answers(id)[0].status);
}

TEST_F(Hosted, ATextOfWhoIsNotAtThatNodeIsRefused) {
  Person& an = join(here, "an");
  const Person& bo = join(there, "bo");
  const std::uint64_t before = there.metrics.node_messages_refused;
  town.deliver(
      *town.nodes[2], *town.nodes[1], {Topic::Kind::kNode, {}, 2},
      wire::encode_node_message(town.nodes[2]->self(),
                                wire::PrivateText{1, "lobby", "bo", an.number(), "an", "x"}));
  EXPECT_EQ(1, there.metrics.node_messages_refused - before);
  EXPECT_THAT(bo.told<wire::Told>(), SizeIs(0));
}

}  // namespace
}  // namespace comcat::server
