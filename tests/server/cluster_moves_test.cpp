// Who goes to another room in a call, where others may be there by other nodes.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/town.h"

namespace comcat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

struct TwoRooms : ::testing::Test {
  Town town{2};
  House& here = town.nodes[0]->house;
  House& there = town.nodes[1]->house;

  Person& join(House& house, const std::string& name, const std::string& room = "lobby") {
    Person& person = house.join(name, room);
    town.pass(milliseconds(200));
    return person;
  }
  static std::vector<std::string> names(const Person& person) {
    std::vector<std::string> out;
    for (const wire::Member& member : person.caller.room->roster()) out.push_back(member.name);
    return out;
  }
};

TEST_F(TwoRooms, WhoGoesWhereSomebodyElsewhereHasTheirNameIsRefusedAndStays) {
  Person& an = join(here, "an", "den");
  Person& other = join(there, "An", "lobby");
  const std::uint64_t asked = there.command(other, wire::JoinRoom{"den"});
  EXPECT_THAT(other.answers(asked), SizeIs(0));  // in the lobby until the answer is there
  EXPECT_EQ("lobby", other.caller.room->key());
  town.pass(milliseconds(200));
  ASSERT_THAT(other.answers(asked), SizeIs(1));
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kAlreadyExists), other.answers(asked)[0].status);
  EXPECT_EQ("somebody in the room den goes by the name An; choose another room or another name",
            other.answers(asked)[0].text);
  EXPECT_EQ("lobby", other.caller.room->key());
  EXPECT_THAT(names(an), ElementsAre("an"));
}

TEST_F(TwoRooms, WhoGoesToARoomSeesInTheAnswerWhoIsThereElsewhere) {
  join(here, "an", "den");
  Person& bo = join(there, "bo");
  const std::uint64_t asked = there.command(bo, wire::JoinRoom{"den"});
  town.pass(milliseconds(200));
  ASSERT_THAT(bo.answers(asked), SizeIs(1));
  const auto roster = std::get<wire::Roster>(bo.answers(asked)[0].result);
  std::vector<std::string> seen;
  for (const wire::Member& member : roster.members) seen.push_back(member.name);
  EXPECT_THAT(seen, UnorderedElementsAre("bo", "an"));
}

TEST_F(TwoRooms, OfTwoWhoGoToARoomByOneNameAtOnceOneStaysWhereTheyAre) {
  Person& one = join(here, "an", "porch");
  Person& other = join(there, "an", "lobby");
  const std::uint64_t here_asked = here.command(one, wire::JoinRoom{"den"});
  const std::uint64_t there_asked = there.command(other, wire::JoinRoom{"den"});
  town.pass(milliseconds(700));
  ASSERT_THAT(one.answers(here_asked), SizeIs(1));
  ASSERT_THAT(other.answers(there_asked), SizeIs(1));
  EXPECT_NE(one.answers(here_asked)[0].status == 0, other.answers(there_asked)[0].status == 0);
  EXPECT_NE(one.caller.room->key() == "den", other.caller.room->key() == "den");
}

TEST_F(TwoRooms, WhatIsAskedForMeanwhileIsDoneAfterwards) {
  Person& an = join(here, "an");
  // Until the name falls to the other, who has to be asked then.
  std::uint64_t moved = here.command(an, wire::NewRoom{});
  for (int tries = 0; tries < 100 && !an.answers(moved).empty(); ++tries) {
    town.pass(seconds(1));
    moved = here.command(an, wire::NewRoom{});
  }
  const std::uint64_t said = here.command(an, wire::SetMute{true});
  EXPECT_THAT(an.answers(said), SizeIs(0));
  town.pass(milliseconds(700));
  EXPECT_THAT(an.answers(moved), SizeIs(1));
  EXPECT_THAT(an.answers(said), SizeIs(1));
  EXPECT_NE("lobby", an.caller.room->key());
  EXPECT_TRUE(an.caller.who.muted);
}

TEST_F(TwoRooms, WhileTheOthersCannotBeAskedWhoGoesIsThereAfterTheDeadline) {
  Person& an = join(here, "an");
  town.connected = false;
  const std::uint64_t moved = here.command(an, wire::JoinRoom{"den"});
  town.pass(cluster::NameQuestions::kPatience);
  ASSERT_THAT(an.answers(moved), SizeIs(1));
  EXPECT_EQ("den", an.caller.room->key());
}

TEST_F(TwoRooms, WhoHangsUpWhileTheOthersAreAskedIsInNoRoom) {
  Person& an = join(here, "an");
  town.connected = false;
  here.command(an, wire::JoinRoom{"den"});
  here.hang_up(an);
  town.connected = true;
  town.pass(seconds(1));
  EXPECT_EQ(nullptr, an.caller.room);
}

}  // namespace
}  // namespace comcat::server
