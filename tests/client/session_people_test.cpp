// Whom a user hears in his own way, and what is remembered of that; who people are.

#include <cstdlib>
#include <ctime>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class People : public InACall {
 protected:
  void SetUp() override {
    ASSERT_EQ(0, ::setenv("TZ", "UTC", /*overwrite=*/1));
    ::tzset();
  }
};

TEST_F(People, WhoIsIgnoredReachesOneNeitherByVoiceNorByTexts) {
  type("ignore binh");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("you ignore binh: neither voice nor texts reach you"));
  EXPECT_FLOAT_EQ(0.0F, world_.gains[2]);
  session_.on_event(wire::TextSaid{2, "binh", "hello"});
  session_.on_event(wire::TextSaid{0, "binh", "earlier", 5, 1'795'701'825'678, true});
  session_.on_event(wire::Told{2, "binh", "for you alone"});
  session_.on_speaking(2, true);
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  type("who");
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room lobby: an (you), binh (ignored)"));
  type("unignore binh");
  EXPECT_THAT(world_.take_texts(), ElementsAre("you no longer ignore binh"));
  EXPECT_FLOAT_EQ(1.0F, world_.gains[2]);
  session_.on_event(wire::TextSaid{2, "binh", "hello"});
  EXPECT_THAT(world_.take_texts(), ElementsAre("<binh> hello"));
}

TEST_F(People, OneselfCannotBeIgnored) {
  type("ignore an");
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("that is you")));
}

TEST_F(People, WhoWasIgnoredIsSoInTheNextCall) {
  type("ignore binh");
  type("volume chi 50");
  ASSERT_EQ(2U, world_.remembered.people.size());
  World next;
  Session::Options options{"an", "lobby", "example.org:50051"};
  options.memory = world_.remembered;
  Session session(options, next);
  session.on_welcome(welcome(1, {member(2, "binh"), member(3, "chi"), member(4, "dung")}));
  EXPECT_FLOAT_EQ(0.0F, next.gains[2]);
  EXPECT_FLOAT_EQ(0.5F, next.gains[3]);
  EXPECT_FALSE(next.gains.contains(4));
}

TEST_F(People, WhatIsForgottenIsSoAtOnceAndForTheNextCall) {
  type("ignore binh");
  type("forget");
  EXPECT_FLOAT_EQ(1.0F, world_.gains[2]);
  EXPECT_TRUE(world_.remembered.is_empty());
  EXPECT_TRUE(session_.memory().is_empty());
}

TEST_F(People, ProgramsRememberNoPlace) {
  type("mute");
  EXPECT_TRUE(session_.memory().is_empty());
}

TEST_F(People, WhereOneWasAndWhetherMutedIsRememberedForAPerson) {
  Session::Options options{"an", "lobby", "example.org:50051"};
  options.remembers_place = true;
  Session session(options, world_);
  session.on_welcome(welcome(1));
  session.on_line("mute", now_);
  EXPECT_EQ("lobby", session.memory().room);
  EXPECT_TRUE(session.memory().muted);
}

TEST_F(People, AreToldWhoTheyAreWhereSomebodyAsks) {
  wire::Member chi = member(3, "chi");
  chi.twin = 2;
  chi.about = {1'795'701'825'678, "key:9f86d081884c7d65", true, "comcat 1.2.3"};
  session_.on_event(wire::Joined{chi});
  EXPECT_THAT(world_.take_texts(), ElementsAre("chi (2) joined"));
  world_.talks = 3;
  type("who");
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room lobby: an (you), binh, chi (2)\n"
                                               "  chi (2): since 11-26 14:03, talking, claimed, "
                                               "key:9f86d081884c7d65, comcat 1.2.3"));
}

TEST_F(People, WhoseNameIsClaimedMeanwhileAreKnownBySoWithoutALine) {
  wire::Member binh = member(2, "binh");
  binh.about.claimed = true;
  session_.on_event(wire::MemberChanged{binh});
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  type("who");
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("binh: claimed")));
}

TEST_F(People, OneWhoClaimsANameIsToldWhatItMeans) {
  type("claim");
  answer();
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("the name an is held on example.org:50051 for this device; for others of "
                          "yours, type pair"));
  type("pair");
  answer(0, "abcdefghjk");
  ASSERT_EQ(1U, world_.shown.size());
  EXPECT_THAT(to_json(world_.shown[0]), HasSubstr(R"("code":"abcdefghjk")"));
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("--pair abcdefghjk")));
}

TEST_F(People, OneOfSomebodysDevicesIsFoundByTheNameThatStandsOnTheScreen) {
  wire::Member twin = member(3, "binh");
  twin.twin = 2;
  twin.about.claimed = true;
  session_.on_event(wire::Joined{twin});
  world_.take_texts();
  type("volume \"binh (2)\" 30");
  EXPECT_THAT(world_.take_texts(), ElementsAre("you hear binh at 30 %"));
  EXPECT_FLOAT_EQ(0.3F, world_.gains[3]);
  type("ignore binh (2)");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("you ignore binh: neither voice nor texts reach you"));
  EXPECT_FLOAT_EQ(0.0F, world_.gains[3]);
  type("msg \"binh (2)\" hello");
  EXPECT_EQ("binh", std::get<wire::Tell>(world_.sent.back().verb).name);

  session_.on_event(wire::Joined{member(4, "binh (2)")});
  type("msg \"binh (2)\" hello");
  EXPECT_EQ("binh (2)", std::get<wire::Tell>(world_.sent.back().verb).name) << "a name like it";
}

TEST_F(People, WhichOfSomebodysDevicesIsAwayIsTold) {
  wire::Member twin = member(3, "binh");
  twin.twin = 2;
  session_.on_event(wire::Joined{twin});
  world_.take_texts();
  session_.on_event(wire::Away{3});
  session_.on_event(wire::Back{3});
  EXPECT_THAT(world_.take_texts(), ElementsAre("binh (2) is away", "binh (2) is back"));
  EXPECT_EQ(2U, session_.twin_of(3));
  EXPECT_EQ(0U, session_.twin_of(99));
}

TEST_F(People, WhoIsTheSecondDeviceIsOneselfByEitherName) {
  wire::Welcome second = welcome(5, {member(2, "binh")});
  second.members.back().twin = 2;
  session_.on_welcome(second);
  world_.take_texts();
  type("volume \"an (2)\" 30");
  type("ignore an");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("that is you; others set how loud they hear you",
                          "that is you; mute keeps the others from hearing you"));
}

TEST_F(People, WhomAHostHasMutedIsToldOnceThatUnmuteIsInVain) {
  type("mute");
  answer();
  session_.on_event(wire::MuteChanged{1, true, true});
  world_.take_texts();
  type("unmute");
  answer(7, "a host has muted you, and only a host can change that");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("a host has muted you, and only a host can change that"));
}

}  // namespace
}  // namespace comcat::client
