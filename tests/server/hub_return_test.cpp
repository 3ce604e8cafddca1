// Who loses the connection is who it was when it comes back.

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "server/house.h"
#include "server/shelf.h"

namespace comcat::server {
namespace {

constexpr unsigned kFeatures = wire::kFeatureVoiceBatch | wire::kFeatureReturn;

class Returning : public ::testing::Test {
 protected:
  Person& come(const std::string& name, const std::string& room = "lobby",
               const std::string& resume_key = "", const std::string& address = "192.0.2.1") {
    Person& person = house_.connect(address);
    const absl::Status status = house_.say_hello(person, {name, room, resume_key, kFeatures});
    EXPECT_TRUE(status.ok()) << status;
    house_.pass(Room::kEventGap);
    return person;
  }
  void lose(Person& person) {
    house_.hub.leave(person.caller, wire::LeaveReason::kLost, house_.now);
  }
  static std::string key(const Person& person) { return person.welcomes.at(0).resume_key; }
  void forget() {
    for (const auto& person : house_.people) person->events.clear();
  }

  House house_;
};

TEST_F(Returning, WithinThirtySecondsItIsTheSameParticipantAndNobodyLeftOrJoined) {
  Person& an = come("an");
  Person& bo = come("bo");
  house_.command(an, wire::SetMute{true});
  house_.command(an, wire::SetDeafen{true});
  const wire::SessionNumber number = an.number();
  forget();
  lose(an);
  house_.pass(seconds(2));
  EXPECT_TRUE(bo.told<wire::Away>().empty()) << "it may be back before anybody has to know";
  house_.pass(seconds(2));
  ASSERT_EQ(1U, bo.told<wire::Away>().size());
  EXPECT_EQ(number, bo.told<wire::Away>()[0].session);
  house_.pass(seconds(20));
  Person& again = come("an", "lobby", key(an));
  EXPECT_EQ(number, again.number());
  EXPECT_EQ(number, again.welcomes.at(0).session);
  EXPECT_NE(key(an), key(again));
  ASSERT_EQ(1U, bo.told<wire::Back>().size());
  EXPECT_EQ(number, bo.told<wire::Back>()[0].session);
  EXPECT_TRUE(bo.told<wire::Left>().empty());
  EXPECT_TRUE(bo.told<wire::Joined>().empty());
  EXPECT_TRUE(again.told<wire::Back>().empty());
  for (const wire::Member& member : again.welcomes[0].members) {
    EXPECT_EQ(member.session == number, member.muted);
    EXPECT_EQ(member.session == number, member.deafened);
    EXPECT_FALSE(member.away);
  }
  house_.command(again, wire::SetDeafen{false});
  ASSERT_TRUE(house_.speak(bo).ok());
  EXPECT_EQ(1U, again.heard.size());
  house_.pass(seconds(60));
  EXPECT_TRUE(bo.told<wire::Left>().empty());
}

TEST_F(Returning, SoonerThanAnybodyIsToldNobodyIs) {
  Person& an = come("an");
  Person& bo = come("bo");
  forget();
  lose(an);
  house_.pass(seconds(1));
  come("an", "lobby", key(an));
  house_.pass(seconds(60));
  EXPECT_TRUE(bo.events.empty());
}

TEST_F(Returning, BeforeTheServerHasNoticedTheNewConnectionTakesTheOthersPlace) {
  Person& an = come("an");
  Person& bo = come("bo");
  const wire::SessionNumber number = an.number();
  forget();
  Person& again = come("an", "lobby", key(an));
  EXPECT_EQ(number, again.number());
  ASSERT_TRUE(an.closed);
  EXPECT_EQ("replaced by a new connection of yours", std::string(an.closed->message()));
  house_.hang_up(an);
  house_.pass(seconds(60));
  EXPECT_TRUE(bo.events.empty());
  ASSERT_TRUE(house_.speak(again).ok());
  EXPECT_EQ(number, bo.heard.at(0).frame.speaker);
}

TEST_F(Returning, AfterThirtySecondsItHasLeft) {
  Person& an = come("an");
  Person& bo = come("bo");
  const wire::SessionNumber number = an.number();
  forget();
  lose(an);
  house_.pass(seconds(31));
  ASSERT_EQ(1U, bo.told<wire::Left>().size());
  EXPECT_EQ(wire::LeaveReason::kLost, bo.told<wire::Left>()[0].reason);
  Person& again = come("an", "lobby", key(an));
  EXPECT_NE(number, again.number());
  EXPECT_EQ(1U, bo.told<wire::Joined>().size());
}

TEST_F(Returning, WhoComesMeanwhileSeesThatOneIsAway) {
  Person& an = come("an");
  come("bo");
  lose(an);
  house_.pass(seconds(4));
  Person& cy = come("cy");
  ASSERT_EQ(3U, cy.welcomes.at(0).members.size());
  int away = 0;
  for (const wire::Member& member : cy.welcomes[0].members) away += member.away ? 1 : 0;
  EXPECT_EQ(1, away);
}

TEST_F(Returning, ARoomWhereAllAreAwayIsThereForThem) {
  Person& an = come("an", "attic");
  lose(an);
  house_.pass(seconds(29));
  EXPECT_EQ(1U, house_.metrics.rooms);
  EXPECT_EQ(an.number(), come("an", "attic", key(an)).number());
}

TEST_F(Returning, ToAnotherRoomIsLeavingAndJoining) {
  Person& an = come("an");
  Person& bo = come("bo");
  forget();
  lose(an);
  Person& again = come("an", "attic", key(an));
  EXPECT_EQ("attic", again.welcomes.at(0).room);
  EXPECT_EQ(1U, bo.told<wire::Left>().size());
}

TEST_F(Returning, TheNameIsHeldAgainstOthersButNotAgainstWhoStartsAnewAtTheSameAddress) {
  Person& an = come("an");
  come("bo");
  lose(an);
  Person& other = house_.connect("198.51.100.1");
  EXPECT_TRUE(absl::IsAlreadyExists(house_.say_hello(other, {"an", "lobby", "", kFeatures})));
  Person& anew = come("an");
  EXPECT_NE(an.number(), anew.number());
  EXPECT_EQ(2U, anew.welcomes.at(0).members.size());
}

TEST_F(Returning, WhoIsKickedWhileAwayIsToldSoAndStaysOut) {
  Person& an = come("an");
  Person& bo = come("bo");
  lose(an);
  house_.pass(seconds(5));
  forget();
  house_.administer("kick an because of the noise");
  EXPECT_TRUE(house_.administered.value().ok());
  ASSERT_EQ(1U, bo.told<wire::Left>().size());
  EXPECT_EQ(wire::LeaveReason::kRemoved, bo.told<wire::Left>()[0].reason);
  Person& again = house_.connect();
  const absl::Status status = house_.say_hello(again, {"an", "lobby", key(an), kFeatures});
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_EQ("a host has removed you: of the noise", std::string(status.message()));
}

TEST_F(Returning, HostsMuteAndSeeWhoIsAway) {
  Person& an = come("an");
  come("bo");
  lose(an);
  house_.pass(seconds(5));
  house_.administer("mute an");
  EXPECT_TRUE(house_.administered.value().ok());
  house_.administer("who");
  const Hosts::Answer who = house_.administered.value();
  ASSERT_TRUE(who.ok());
  EXPECT_NE(std::string::npos, who->find("muted by a host  away")) << *who;
  Person& again = come("an", "lobby", key(an));
  EXPECT_TRUE(again.caller.who.muted_by_host);
}

TEST_F(Returning, WhatIsToldToOneWhoIsAwayIsNotHandedOnAndSaidToBeSo) {
  Person& an = come("an");
  Person& bo = come("bo");
  lose(an);
  const auto told = house_.command(bo, wire::Tell{"An", "psst"});
  ASSERT_EQ(1U, bo.answers(told).size());
  EXPECT_EQ("an is away; try again once they are back", bo.answers(told)[0].text);
  const auto again = come("an", "lobby", key(an)).told<wire::Told>();
  EXPECT_TRUE(again.empty());
}

TEST_F(Returning, WhoCannotComeBackLeavesAtOnce) {
  Person& bo = come("bo");
  Person& old = house_.join("old");
  forget();
  lose(old);
  EXPECT_EQ(1U, bo.told<wire::Left>().size());
}

TEST_F(Returning, AnAnswerThatWasOwedBeforeIsNotGivenToTheNewConnection) {
  Shelf shelf;
  HubOptions options;
  options.keeper = &shelf;
  House house(options);
  Person& an = house.connect();
  const unsigned features = kFeatures | wire::kFeatureHistory;
  ASSERT_TRUE(house.say_hello(an, {"an", "lobby", "", features}).ok());
  while (!shelf.asked.empty()) house.hub.take(shelf.take_answers(), house.now);
  house.command(an, wire::Say{"hello"});
  house.hub.leave(an.caller, wire::LeaveReason::kLost, house.now);
  Person& again = house.connect();
  ASSERT_TRUE(house.say_hello(again, {"an", "lobby", an.welcomes.at(0).resume_key, features}).ok());
  while (!shelf.asked.empty()) house.hub.take(shelf.take_answers(), house.now);
  EXPECT_TRUE(again.outcomes.empty());
  EXPECT_EQ(0U, again.caller.unanswered);
  ASSERT_EQ(1U, again.told<wire::TextSaid>().size()) << "and it is heard once";
  EXPECT_EQ("hello", again.told<wire::TextSaid>()[0].text);
}

class Receiving : public ::testing::Test {
 protected:
  Person& come(const std::string& name) {
    Person& person = house_.connect();
    EXPECT_TRUE(
        house_.say_hello(person, {name, "lobby", "", kFeatures | wire::kFeatureAcknowledge}).ok());
    return person;
  }
  /// The number of the last message; 0 where it had none.
  static std::uint64_t last_number(const Person& person) {
    const auto parsed = wire::parse_numbered(std::as_bytes(std::span(person.bytes.back())));
    return parsed.ok() ? parsed->number : 0;
  }

  House house_;
};

TEST_F(Receiving, WhatMustArriveIsNumberedAndVoiceIsNot) {
  Person& an = come("an");
  Person& bo = come("bo");
  EXPECT_EQ(1U, last_number(bo)) << "the welcome";
  house_.command(an, wire::Say{"one"});
  EXPECT_EQ(2U, last_number(bo));
  ASSERT_TRUE(house_.speak(an).ok());
  EXPECT_EQ(0U, last_number(bo));
  house_.command(an, wire::Say{"two"});
  EXPECT_EQ(3U, last_number(bo));
}

TEST_F(Receiving, WhoAcknowledgesNothingForTenSecondsIsClosedForThat) {
  Person& an = come("an");
  Person& bo = come("bo");
  for (Person* const person : {&an, &bo}) {
    ASSERT_TRUE(house_.send(*person, wire::Command{0, wire::Acknowledge{1}}).ok());
  }
  house_.pass(seconds(60));
  EXPECT_FALSE(bo.closed) << "nothing is missing";
  house_.command(an, wire::Say{"one"});
  ASSERT_TRUE(house_.send(an, wire::Command{0, wire::Acknowledge{3}}).ok());
  house_.pass(seconds(10));
  EXPECT_FALSE(bo.closed);
  house_.pass(seconds(1));
  ASSERT_TRUE(bo.closed);
  EXPECT_EQ("disconnected for not acknowledging what was sent within 10 s",
            std::string(bo.closed->message()));
  EXPECT_FALSE(an.closed);
}

TEST_F(Receiving, ReceiptsAreAnsweredByNothingAndThoseThatSayNothingNewAreCounted) {
  Person& an = come("an");
  an.outcomes.clear();
  ASSERT_TRUE(house_.send(an, wire::Command{0, wire::Acknowledge{1}}).ok());
  EXPECT_TRUE(an.outcomes.empty());
  EXPECT_TRUE(house_.send(an, wire::Command{0, wire::Acknowledge{99}}).ok()) << "of the future";
  absl::Status status;
  for (int i = 0; i < 10'000 && status.ok(); ++i) {
    house_.pass(milliseconds(10));
    status = house_.send(an, wire::Command{0, wire::Acknowledge{1}});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status));
}

TEST_F(Receiving, OlderClientsAreExempt) {
  Person& an = come("an");
  Person& old = house_.join("old");
  house_.command(an, wire::Say{"one"});
  EXPECT_EQ(0U, last_number(old));
  house_.pass(seconds(5));
  EXPECT_FALSE(old.closed);
  house_.pass(seconds(60));
  EXPECT_FALSE(old.closed);
}

TEST_F(Returning, WhoIsAwayWhenTheServerDrainsIsInNoRoomAnyMore) {
  lose(come("an"));
  lose(come("bo", "attic"));
  come("chi");
  EXPECT_EQ(2U, house_.metrics.rooms);
  house_.hub.drain(seconds(5), house_.now);
  EXPECT_EQ(0U, house_.metrics.rooms);
}

}  // namespace
}  // namespace comcat::server
