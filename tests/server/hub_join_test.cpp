// Coming, going and moving.

#include <string>
#include <utility>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/house.h"

namespace comcat::server {
namespace {

wire::Hello hello(const std::string& name, const std::string& room = "lobby",
                  const std::string& resume_key = "") {
  return {name, room, resume_key, wire::kFeatureVoiceBatch};
}

std::string text(const absl::Status& status) {
  return std::string(status.message());
}

TEST(Joining, TheWelcomeSaysWhoOneIsAndWhoIsThere) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.connect();
  ASSERT_TRUE(house.say_hello(bo, hello("bo")).ok());
  ASSERT_EQ(1U, bo.welcomes.size());
  const wire::Welcome& welcome = bo.welcomes[0];
  EXPECT_EQ(bo.number(), welcome.session);
  EXPECT_EQ(bo.caller.who.id, welcome.id);
  EXPECT_EQ("lobby", welcome.room);
  EXPECT_EQ(8U, welcome.max_speakers);
  EXPECT_EQ(wire::kResumeKeyBytes, welcome.resume_key.size());
  ASSERT_EQ(2U, welcome.members.size());
  EXPECT_EQ("an", welcome.members[0].name);
  EXPECT_EQ("bo", welcome.members[1].name);
  ASSERT_EQ(1U, an.told<wire::Joined>().size());
  EXPECT_EQ("bo", an.told<wire::Joined>()[0].member.name);
  EXPECT_TRUE(bo.told<wire::Joined>().empty());
}

TEST(Joining, EachSessionHasANumberAndAnIdOfItsOwn) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  EXPECT_NE(an.number(), bo.number());
  EXPECT_NE(0U, an.number());
  EXPECT_NE(an.caller.who.id, bo.caller.who.id);
  EXPECT_EQ(36U, an.caller.who.id.size());
}

TEST(Joining, NoRoomGivenIsTheLobby) {
  House house;
  Person& an = house.connect();
  ASSERT_TRUE(house.say_hello(an, hello("an", "")).ok());
  EXPECT_EQ("lobby", an.welcomes.at(0).room);
}

TEST(Joining, BadNamesAndRoomsAreRefusedWithASentence) {
  House house;
  for (const std::string bad :
       {"", " an", "an ", "a\tb", "a\nb", "\x1b[31mred", "\xe2\x80\xae over", "\xff\xfe",
        "0123456789012345678901234567890123"}) {
    Person& named = house.connect();
    const absl::Status name = house.say_hello(named, hello(bad));
    EXPECT_TRUE(absl::IsInvalidArgument(name)) << bad;
    EXPECT_EQ(0U, text(name).find("the name ")) << name;
    if (bad.empty()) continue;  // an empty room is the lobby
    Person& roomed = house.connect();
    const absl::Status room = house.say_hello(roomed, hello("an", bad));
    EXPECT_TRUE(absl::IsInvalidArgument(room)) << bad;
    EXPECT_EQ(0U, text(room).find("the room ")) << room;
  }
  EXPECT_EQ(0U, house.hub.callers());
}

TEST(Joining, ANameIsTakenOncePerRoomWhateverItsCase) {
  House house;
  Person& an = house.join("An");
  Person& thief = house.connect();
  const absl::Status status = house.say_hello(thief, hello("aN"));
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_EQ("somebody in the room lobby goes by the name aN; choose another room or another name",
            text(status));
  EXPECT_TRUE(an.told<wire::Joined>().empty());
  house.join("an", "attic");
}

TEST(Joining, ANameIsTakenOnceInWhateverFormItIsWritten) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"Nguy\u1EC5n \u00C2n", "Nguye\u0302\u0303n A\u0302n"},  // composed, decomposed
      {"Ân", "ân"},
      {"ПЁТР", "пётр"},
      {"ΝΊΚΟΣ", "νίκος"},
      {"Ａｎ", "an"},
      {"می\u200Cخواهم", "میخواهم"},
  };
  for (const auto& [first, second] : kPairs) {
    House house;
    house.join(first);
    EXPECT_TRUE(absl::IsAlreadyExists(house.say_hello(house.connect(), hello(second)))) << first;
  }
}

TEST(Joining, ANameIsShownAsItWasTypedInNormalFormC) {
  House house;
  Person& an = house.join("an");
  Person& other = house.connect();
  ASSERT_TRUE(house.say_hello(other, hello("A\u0302N")).ok());
  EXPECT_EQ("\u00C2N", an.told<wire::Joined>().at(0).member.name);
}

TEST(Joining, ARoomIsOneInWhateverFormItIsWritten) {
  House house;
  Person& an = house.join("an", "Ph\u00F2ng");
  Person& bo = house.connect();
  ASSERT_TRUE(house.say_hello(bo, hello("bo", "PHO\u0300NG")).ok());
  EXPECT_EQ(1U, house.metrics.rooms);
  EXPECT_EQ("Ph\u00F2ng", bo.welcomes.at(0).room);
  EXPECT_EQ(1U, an.told<wire::Joined>().size());
  const auto moved = house.command(bo, wire::JoinRoom{"ph\u00F2ng"});
  EXPECT_EQ(0, bo.answers(moved).at(0).status);
  EXPECT_TRUE(an.told<wire::Left>().empty());
  const auto listed = house.command(an, wire::ListRooms{});
  EXPECT_EQ("Ph\u00F2ng",
            std::get<wire::RoomList>(an.answers(listed).at(0).result).rooms.at(0).name);
  house.hang_up(an);
  house.hang_up(bo);
  EXPECT_EQ(0U, house.metrics.rooms);
}

TEST(Joining, NobodyMayTakeANameThatClientsSayOfUsersOrOfTheServer) {
  House house;
  for (const char* name :
       {"you", "YOU", "ｙｏｕ", "server", "The  Server", "comcat", "session 7"}) {
    const absl::Status status = house.say_hello(house.connect(), hello(name));
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("the name \"")) << name;
  }
  house.join("youssef");
  house.join("serverin");
}

TEST(Joining, NobodyMayTakeANameThatTheServerGives) {
  House house;
  Person& squatter = house.connect();
  EXPECT_TRUE(absl::IsInvalidArgument(house.say_hello(squatter, hello("Caller-2"))));
  Person& original = house.join_original();
  EXPECT_EQ("caller-2", original.caller.who.name);
  EXPECT_TRUE(absl::IsInvalidArgument(house.say_hello(house.connect(), hello("ｃaller-2"))));
}

TEST(Joining, ASecondHelloIsRefused) {
  House house;
  Person& an = house.join("an");
  const absl::Status status = house.say_hello(an, hello("bo"));
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ("a second hello on one stream", text(status));
}

TEST(Joining, ACommandBeforeTheHelloIsRefused) {
  House house;
  Person& an = house.connect();
  const absl::Status status = house.send(an, wire::Command{1, wire::ListRooms{}});
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
}

TEST(Joining, WhoSaysNoHelloIsSentAway) {
  House house;
  Person& silent = house.connect();
  Person& an = house.join("an");
  house.pass(seconds(5));
  EXPECT_FALSE(silent.closed);
  house.pass(seconds(1));
  ASSERT_TRUE(silent.closed);
  EXPECT_TRUE(absl::IsDeadlineExceeded(*silent.closed));
  EXPECT_EQ("no hello within 5 s of connecting", text(*silent.closed));
  EXPECT_FALSE(an.closed);
  EXPECT_EQ(1U, house.hub.callers());
}

TEST(Leaving, TheOthersAreToldWhoAndWhy) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  house.hub.leave(bo.caller, wire::LeaveReason::kLost, house.now);
  ASSERT_EQ(1U, an.told<wire::Left>().size());
  EXPECT_EQ(bo.number(), an.told<wire::Left>()[0].session);
  EXPECT_EQ(wire::LeaveReason::kLost, an.told<wire::Left>()[0].reason);
}

TEST(Leaving, TwiceIsHarmlessAndTheOthersStillHear) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  Person& cy = house.join("cy");
  house.hang_up(bo);
  house.hang_up(bo);
  EXPECT_EQ(1U, an.told<wire::Left>().size());
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, cy.heard.size());
  EXPECT_TRUE(bo.heard.empty());
}

TEST(Leaving, WhatSomebodySendsAfterwardsIsIgnored) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  house.hang_up(an);
  EXPECT_TRUE(house.speak(an).ok());
  EXPECT_TRUE(house.send(an, wire::Command{1, wire::Say{"hi"}}).ok());
  EXPECT_TRUE(bo.heard.empty());
  EXPECT_TRUE(bo.told<wire::TextSaid>().empty());
}

TEST(Leaving, RoomsVanishWhenTheLastLeaves) {
  House house;
  Person& an = house.join("an", "attic");
  Person& bo = house.join("bo", "attic");
  EXPECT_EQ(1U, house.metrics.rooms);
  house.hang_up(an);
  EXPECT_EQ(1U, house.metrics.rooms);
  house.hang_up(bo);
  EXPECT_EQ(0U, house.metrics.rooms);
  EXPECT_EQ(0U, house.metrics.clients);
}

TEST(Leaving, ARoomMayVanishWhileItsFramesWaitForEachOther) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  ASSERT_TRUE(house.speak(an).ok());
  ASSERT_TRUE(house.speak(bo).ok());
  house.hang_up(an);
  house.hang_up(bo);
  house.pass(seconds(1));
  EXPECT_EQ(0U, house.metrics.rooms);
}

TEST(Moving, IsLeavingHereAndJoiningThere) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  Person& cy = house.join("cy", "attic");
  const auto id = house.command(bo, wire::JoinRoom{"attic"});
  ASSERT_EQ(1U, an.told<wire::Left>().size());
  EXPECT_EQ(wire::LeaveReason::kMoved, an.told<wire::Left>()[0].reason);
  ASSERT_EQ(1U, cy.told<wire::Joined>().size());
  ASSERT_EQ(1U, bo.answers(id).size());
  const auto roster = std::get<wire::Roster>(bo.answers(id)[0].result);
  EXPECT_EQ("attic", roster.room);
  EXPECT_EQ(2U, roster.members.size());
  EXPECT_TRUE(bo.told<wire::Left>().empty());
  ASSERT_TRUE(house.speak(bo).ok());
  EXPECT_EQ(1U, cy.heard.size());
  EXPECT_TRUE(an.heard.empty());
}

TEST(Moving, ToWhereOneIsOnlyShowsWhoIsThere) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  const auto id = house.command(an, wire::JoinRoom{"lobby"});
  EXPECT_EQ(0, an.answers(id).at(0).status);
  EXPECT_TRUE(bo.told<wire::Left>().empty());
  EXPECT_EQ(1U, house.metrics.rooms);
}

TEST(Moving, WhereTheNameIsTakenOneStays) {
  House house;
  Person& an = house.join("an");
  house.join("an", "attic");
  Person& bo = house.join("bo");
  const auto id = house.command(an, wire::JoinRoom{"attic"});
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kAlreadyExists), an.answers(id).at(0).status);
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(Moving, TheLastOutOfARoomMayMakeAnotherThoughNoMoreAreAllowed) {
  HubOptions options;
  options.rooms.max_rooms = 2;
  House house(options);
  Person& an = house.join("an");
  Person& bo = house.join("bo", "attic");
  house.join("cy");
  const auto moved = house.command(bo, wire::JoinRoom{"cellar"});
  EXPECT_EQ(0, bo.answers(moved).at(0).status);
  const auto refused = house.command(an, wire::JoinRoom{"attic"});
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kResourceExhausted),
            an.answers(refused).at(0).status);
  EXPECT_EQ(2U, house.metrics.rooms);
}

TEST(Resuming, TheKeyReplacesTheGhost) {
  House house;
  Person& other = house.join("other");
  Person& ghost = house.connect();
  ASSERT_TRUE(house.say_hello(ghost, hello("an")).ok());
  Person& an = house.connect();
  ASSERT_TRUE(house.say_hello(an, hello("an", "lobby", ghost.welcomes.at(0).resume_key)).ok());
  ASSERT_TRUE(ghost.closed);
  EXPECT_TRUE(absl::IsAborted(*ghost.closed));
  EXPECT_EQ("replaced by a new connection of yours", text(*ghost.closed));
  EXPECT_EQ(2U, an.welcomes.at(0).members.size());
  EXPECT_NE(ghost.welcomes[0].resume_key, an.welcomes[0].resume_key);
  house.pass(Room::kEventGap);
  EXPECT_EQ(1U, other.told<wire::Left>().size());
  EXPECT_EQ(2U, other.told<wire::Joined>().size());
}

TEST(Resuming, AKeyOfNobodyReplacesNobody) {
  House house;
  Person& an = house.join("an");
  Person& unsaid = house.connect();
  for (const std::string& key :
       {std::string(16, '\0'), std::string("x"), std::string(60'000, 'k')}) {
    Person& bo = house.connect();
    EXPECT_TRUE(house.say_hello(bo, hello("bo", "lobby", key)).ok());
    house.hang_up(bo);
  }
  EXPECT_FALSE(an.closed);
  EXPECT_FALSE(unsaid.closed);
}

TEST(Resuming, WithANameThatMayNotBeTheGhostStays) {
  House house;
  Person& ghost = house.connect();
  ASSERT_TRUE(house.say_hello(ghost, hello("an")).ok());
  Person& an = house.connect();
  const std::string key = ghost.welcomes.at(0).resume_key;
  EXPECT_FALSE(house.say_hello(an, hello("a\nn", "lobby", key)).ok());
  EXPECT_FALSE(ghost.closed);
}

TEST(Resuming, WhereTheNewPlaceIsRefusedTheGhostStays) {
  HubOptions options;
  options.rooms.max_rooms = 1;
  House house(options);
  Person& ghost = house.connect();
  ASSERT_TRUE(house.say_hello(ghost, hello("an")).ok());
  Person& bo = house.join("bo");
  const std::string key = ghost.welcomes.at(0).resume_key;
  Person& an = house.connect();
  EXPECT_TRUE(absl::IsResourceExhausted(house.say_hello(an, hello("an", "attic", key))));
  Person& again = house.connect();
  EXPECT_TRUE(absl::IsAlreadyExists(house.say_hello(again, hello("bo", "lobby", key))));
  EXPECT_FALSE(ghost.closed);
  ASSERT_TRUE(house.speak(ghost).ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(Resuming, TheGhostsOwnRoomMakesPlaceForAnother) {
  HubOptions options;
  options.rooms.max_rooms = 1;
  House house(options);
  Person& ghost = house.connect();
  ASSERT_TRUE(house.say_hello(ghost, hello("an")).ok());
  Person& an = house.connect();
  EXPECT_TRUE(house.say_hello(an, hello("an", "attic", ghost.welcomes.at(0).resume_key)).ok());
  EXPECT_TRUE(ghost.closed);
  EXPECT_EQ("attic", an.welcomes.at(0).room);
}

TEST(HubAtRest, WantsNoTimeUntilSomethingHappens) {
  House house;
  house.join("an");
  Person& bo = house.join("bo");
  house.pass(std::chrono::seconds(2));
  EXPECT_EQ(RoomDeadlines::kNever, house.hub.next_deadline(house.now));
  bo.caller.listener.write_started = house.now;
  house.hub.tick(house.now);
  EXPECT_LE(house.hub.next_deadline(house.now), house.now + std::chrono::seconds(1));
  house.pass(std::chrono::seconds(2));
  EXPECT_NE(RoomDeadlines::kNever, house.hub.next_deadline(house.now)) << "a write is under way";
  bo.caller.listener.write_started = {};
  house.pass(std::chrono::seconds(2));
  EXPECT_EQ(RoomDeadlines::kNever, house.hub.next_deadline(house.now));
}

}  // namespace
}  // namespace comcat::server
