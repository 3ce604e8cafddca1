// Rooms of one's own, rooms that last, and what holds in them.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/server/admission.h"

#include "server/house.h"

namespace comcat::server {
namespace {

HubOptions with_club(RoomRules rules) {
  HubOptions options;
  rules.lasts = true;
  options.lasting_rooms = {{"club", std::move(rules)}};
  return options;
}

int code(absl::StatusCode status) {
  return static_cast<int>(status);
}

TEST(NewRoom, IsMadeForWhoAsksAndJoinedByWhoIsToldItsName) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  const auto asked = house.command(an, wire::NewRoom{});
  const auto roster = std::get<wire::Roster>(an.answers(asked).at(0).result);
  EXPECT_EQ(10U, roster.room.size());
  EXPECT_EQ(1U, roster.members.size());
  EXPECT_EQ(wire::LeaveReason::kMoved, bo.told<wire::Left>().at(0).reason);
  const auto told = house.command(bo, wire::JoinRoom{roster.room});
  EXPECT_EQ(2U, std::get<wire::Roster>(bo.answers(told).at(0).result).members.size());
}

TEST(NewRoom, IsWhereAHelloThatAsksForOneGoes) {
  House house;
  Person& an = house.connect();
  wire::Hello hello{"an", "", "", wire::kFeatureVoiceBatch};
  hello.new_room = true;
  ASSERT_TRUE(house.say_hello(an, hello).ok());
  EXPECT_EQ(10U, an.welcomes.at(0).room.size());
}

TEST(RoomPasscode, IsAskedForByHelloAndJoin) {
  House house(with_club({.passcode = Passcode("swordfish")}));
  Person& an = house.connect();
  wire::Hello hello{"an", "club", "", wire::kFeatureVoiceBatch};
  EXPECT_TRUE(absl::IsUnauthenticated(house.say_hello(an, hello)));
  Person& bo = house.connect();
  hello.name = "bo";
  hello.room_passcode = "swordfish";
  EXPECT_TRUE(house.say_hello(bo, hello).ok());
  Person& cy = house.join("cy");
  const auto refused = house.command(cy, wire::JoinRoom{"club", 0, "cod"});
  EXPECT_EQ(code(absl::StatusCode::kUnauthenticated), cy.answers(refused).at(0).status);
  const auto taken = house.command(cy, wire::JoinRoom{"club", 0, "swordfish"});
  EXPECT_EQ(0, cy.answers(taken).at(0).status);
}

TEST(RoomPasscode, IsNotAskedForOfWhoComesBackToTheRoom) {
  House house(with_club({.passcode = Passcode("swordfish")}));
  Person& ghost = house.connect();
  wire::Hello hello{"an", "club", "", wire::kFeatureVoiceBatch};
  hello.room_passcode = "swordfish";
  ASSERT_TRUE(house.say_hello(ghost, hello).ok());
  Person& an = house.connect();
  hello.resume_key = ghost.welcomes.at(0).resume_key;
  hello.room_passcode.clear();
  EXPECT_TRUE(house.say_hello(an, hello).ok());
}

TEST(RoomPasscode, WrongOnesCountAsThoseOfTheServerDo) {
  AdmissionOptions three_guesses;
  three_guesses.max_passcode_failures = 3;
  Admission admission(three_guesses);
  HubOptions options = with_club({.passcode = Passcode("swordfish")});
  options.rooms.door = [&](const std::string& address, const Passcode& passcode,
                           const std::string& given, const std::string& room, base::Time now) {
    return admission.admit_to_room(address, passcode, given, room, now);
  };
  House house(options);
  Person& an = house.join("an");
  const auto join = [&](const std::string& passcode) {
    const auto asked = house.command(an, wire::JoinRoom{"club", 0, passcode});
    return an.answers(asked).at(0);
  };
  EXPECT_EQ("the room club asks for a passcode of its own", join("").text);
  EXPECT_EQ("the passcode of the room club is wrong", join("cod").text);
  join("eel");
  join("ray");
  EXPECT_EQ("too many wrong passcodes from your address; try again in 300 s",
            join("swordfish").text);
  EXPECT_TRUE(absl::IsPermissionDenied(admission.admit("192.0.2.1", "", house.now).status()));
  house.pass(seconds(300));
  EXPECT_EQ(0, join("swordfish").status);
}

TEST(RoomPasscode, KeepsFromOutsidersWhoIsThereButNotHowMany) {
  House house(with_club({.passcode = Passcode("swordfish")}));
  Person& member = house.connect();
  wire::Hello hello{"an", "club", "", wire::kFeatureVoiceBatch};
  hello.room_passcode = "swordfish";
  ASSERT_TRUE(house.say_hello(member, hello).ok());
  Person& outsider = house.join("bo");
  Person& host = house.join("cy");
  host.caller.who.host = true;
  for (Person* const person : {&member, &outsider, &host}) {
    const auto listed = house.command(*person, wire::ListRooms{true});
    const auto list = std::get<wire::RoomList>(person->answers(listed).at(0).result);
    ASSERT_EQ("club", list.rooms.at(0).name);
    EXPECT_EQ(1U, list.rooms[0].members);
    EXPECT_EQ(person == &outsider, list.rooms[0].names.empty());
    EXPECT_EQ(2U, list.rooms.at(1).names.size()) << "of a room without a passcode everybody's";
    const auto asked = house.command(*person, wire::Who{"club"});
    const int answer = person->answers(asked).at(0).status;
    EXPECT_EQ(person == &outsider ? code(absl::StatusCode::kPermissionDenied) : 0, answer);
  }
}

TEST(TextsForHosts, AreSeenByHostsAndWhoeverWroteThem) {
  House house(with_club({.passcode = {}, .texts_for_hosts = true}));
  Person& an = house.join("an", "club");
  Person& bo = house.join("bo", "club");
  Person& host = house.join("cy", "club");
  host.caller.who.host = true;
  house.command(an, wire::Say{"a question"});
  EXPECT_EQ(1U, an.told<wire::TextSaid>().size());
  EXPECT_EQ(1U, host.told<wire::TextSaid>().size());
  EXPECT_TRUE(bo.told<wire::TextSaid>().empty());
  EXPECT_EQ("a question", host.told<wire::TextSaid>().at(0).text);
}

TEST(LastingRooms, AreListedWithTheirHeadsThoughNobodyIsThere) {
  House house(with_club({}));
  Person& an = house.join("an");
  const auto asked = house.command(an, wire::ListRooms{});
  const auto list = std::get<wire::RoomList>(an.answers(asked).at(0).result);
  ASSERT_EQ(2U, list.rooms.size());
  EXPECT_EQ("club", list.rooms[0].name);
  EXPECT_EQ(0U, list.rooms[0].members);
}

}  // namespace
}  // namespace comcat::server
