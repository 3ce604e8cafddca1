// Who is told of which rooms and people at other nodes.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/three_houses.h"

namespace comcat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct Listed : ThreeHouses {
  using ThreeHouses::outcome;
  wire::Outcome outcome(Person& person, decltype(wire::Command::verb) verb,
                        base::Duration patience = milliseconds(50)) {
    return outcome(here, person, std::move(verb), patience);
  }
  std::vector<std::string> rooms(Person& person, bool with_names = false) {
    std::vector<std::string> out;
    const wire::Outcome told = outcome(person, wire::ListRooms{with_names});
    for (const wire::RoomInfo& room : std::get<wire::RoomList>(told.result).rooms) {
      out.push_back(room.name + " " + std::to_string(room.members));
      for (const std::string& name : room.names) out.back() += " " + name;
    }
    return out;
  }
  static std::vector<std::string> names(const wire::Outcome& outcome) {
    std::vector<std::string> out;
    const auto* const roster = std::get_if<wire::Roster>(&outcome.result);
    if (roster == nullptr) return {outcome.text};
    for (const wire::Member& member : roster->members) out.push_back(member.name);
    return out;
  }
};

TEST_F(Listed, RoomsOfAllNodesAreToldWithHowManyAreInThem) {
  Person& an = join(here, "an");
  join(there, "bo");
  join(there, "cy", "den");
  join(yonder, "di", "Den");
  EXPECT_THAT(rooms(an), ElementsAre("den 2", "lobby 2"));
  EXPECT_THAT(rooms(an, true), ElementsAre("den 2 cy di", "lobby 2 an bo"));
}

TEST_F(Listed, ARoomThatNobodyIsToldOfIsTooAtAnotherNodeButForHosts) {
  Person& an = join(here, "an");
  Person& bo = join(there, "bo");
  there.command(bo, wire::NewRoom{});
  town.pass(seconds(1));
  const std::string hidden = bo.caller.room->name();
  EXPECT_THAT(rooms(an), ElementsAre("lobby 1"));
  an.caller.who.host = true;
  EXPECT_THAT(rooms(an), SizeIs(2));
  EXPECT_THAT(admin("rooms"), HasSubstr(hidden + "  1"));
  an.caller.who.host = false;
  EXPECT_THAT(names(outcome(an, wire::Who{hidden})), ElementsAre("bo"));  // who knows the name
}

TEST_F(Listed, WhoIsInARoomWithAPasscodeIsNotToldToWhoIsElsewhere) {
  const Passcode passcode("secret");
  for (House* const house : {&here, &there, &yonder}) {
    house->hub.declare_rooms({{"club", {.lasts = true, .passcode = passcode}}}, house->now);
  }
  Person& an = join(here, "an");
  Person& bo = there.connect();
  wire::Hello hello{"bo", "club", "", wire::kFeatureVoiceBatch};
  hello.room_passcode = "secret";
  ASSERT_TRUE(there.say_hello(bo, hello).ok());
  town.pass(milliseconds(200));
  EXPECT_THAT(rooms(an, true), ElementsAre("club 1", "lobby 1 an"));
  EXPECT_THAT(outcome(an, wire::Who{"club"}).text, HasSubstr("asks for a passcode"));
  an.caller.who.host = true;
  EXPECT_THAT(rooms(an, true), ElementsAre("club 1 bo", "lobby 1 an"));
  EXPECT_THAT(names(outcome(an, wire::Who{"club"})), ElementsAre("bo"));
}

TEST_F(Listed, WhoIsInARoomElsewhereIsToldAndWhereThereIsNoneThatToo) {
  Person& an = join(here, "an");
  join(there, "bo", "Den");
  join(yonder, "cy", "den");
  EXPECT_THAT(names(outcome(an, wire::Who{"den"})), ElementsAre("bo", "cy"));
  EXPECT_THAT(names(outcome(an, wire::Who{"attic"})), ElementsAre("there is no room attic"));
}

TEST_F(Listed, ACrowdAtAnotherNodeIsToldWhole) {
  Person& an = join(here, "an");
  for (int i = 0; i < 300; ++i) there.join("p" + std::to_string(i), "den");
  town.pass(milliseconds(700));
  EXPECT_THAT(names(outcome(an, wire::Who{"den"})), SizeIs(300));
}

TEST_F(Listed, WhoDoesNotAnswerIsNamedAndTheRestIsTold) {
  Person& an = join(here, "an");
  join(there, "bo", "den");
  town.nodes[1]->alive = false;
  an.forget();
  const wire::Outcome told = outcome(an, wire::ListRooms{}, Errands::kPatience);
  EXPECT_EQ(0, told.status);
  const auto notices = an.answers(0);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ("some servers of the cluster have not answered in time: node2", notices[0].text);
  EXPECT_THAT(admin("who den", Errands::kPatience),
              ::testing::AnyOf("nobody is in the room den; not answered in time: node2",
                               "nobody is in the room den"));
}

TEST_F(Listed, WhoeverRunsAServerIsToldOfAllWithWhereTheyAre) {
  join(here, "an");
  join(there, "bo");
  join(yonder, "cy", "den");
  const std::string who = admin("who");
  EXPECT_THAT(who, HasSubstr("den\n  cy  "));
  EXPECT_THAT(who, HasSubstr("lobby\n  an  "));
  EXPECT_THAT(who, HasSubstr("  192.0.2.1  at node1\n  bo  "));
  EXPECT_THAT(who, HasSubstr("  at node3"));
  EXPECT_THAT(admin("who den"), Not(HasSubstr("an")));
  EXPECT_EQ("den  1\nlobby  2", admin("rooms"));
  EXPECT_THAT(admin("stats"), HasSubstr("callers 3\nrooms 2\njoins 3\n"));
  EXPECT_EQ("people 2", admin("stats lobby"));
  EXPECT_EQ("people 1", admin("stats den"));
  EXPECT_EQ("there is no room attic", admin("stats attic"));
}

}  // namespace
}  // namespace comcat::server
