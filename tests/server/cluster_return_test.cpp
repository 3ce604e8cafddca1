// Who comes back at another node is who they were, and nobody sees them leave or come.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/town.h"

namespace comcat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr unsigned kFeatures =
    wire::kFeatureVoiceBatch | wire::kFeatureReturn | wire::kFeatureServers;

struct Return : ::testing::Test {
  Town town{3};
  House& one = town.nodes[0]->house;
  House& two = town.nodes[1]->house;
  House& three = town.nodes[2]->house;

  Person& come(House& house, const std::string& name, const std::string& resume_key = "",
               const std::string& room = "lobby") {
    Person& person = house.connect();
    static_cast<void>(house.say_hello(person, {name, room, resume_key, kFeatures}));
    // Who is asked may be gone, and is then waited for.
    town.pass(cluster::NameQuestions::kPatience + milliseconds(100));
    return person;
  }
  static std::string key(const Person& person) { return person.welcomes.at(0).resume_key; }
  void kill(std::size_t node) { town.nodes[node]->alive = false; }
  void forget() {
    for (const auto& node : town.nodes) {
      for (const auto& person : node->house.people) person->events.clear();
    }
  }
  /// What `person` was told of who comes and goes.
  static std::size_t comings_and_goings(const Person& person) {
    return person.told<wire::Left>().size() + person.told<wire::Joined>().size();
  }
  static const wire::Member* find(const Person& person, wire::SessionNumber number) {
    const std::vector<wire::Member>& all = person.welcomes.at(0).members;
    const auto found = std::ranges::find(all, number, &wire::Member::session);
    return found == all.end() ? nullptr : &*found;
  }
};

TEST_F(Return, WhoseNodeIsKilledIsTheSameAtAnother) {
  Person& an = come(one, "an");
  const Person& bo = come(two, "bo");
  one.command(an, wire::SetDeafen{true});
  one.administer("mute an in lobby");
  town.pass(milliseconds(200));
  const wire::Member before = an.caller.who.member();
  ASSERT_TRUE(before.muted_by_host && before.deafened);
  forget();
  kill(0);
  Person& again = come(three, "an", key(an));
  town.pass(seconds(1));
  ASSERT_THAT(again.welcomes, SizeIs(1));
  EXPECT_EQ(before.session, again.welcomes[0].session);
  EXPECT_EQ(before.id, again.welcomes[0].id);
  EXPECT_NE(key(an), key(again));
  const wire::Member* const self = find(again, before.session);
  ASSERT_NE(nullptr, self);
  EXPECT_EQ(before, *self);
  EXPECT_NE(nullptr, find(again, bo.number()));
  EXPECT_THAT(again.welcomes[0].members, SizeIs(2));
  town.pass(seconds(60));
  EXPECT_EQ(0U, comings_and_goings(bo));
  EXPECT_TRUE(bo.told<wire::Away>().empty()) << "sooner than anybody is told";
  EXPECT_THAT(bo.caller.room->roster(), SizeIs(2));
}

TEST_F(Return, WhoComesAfterTheNodeIsMissedIsBack) {
  Person& an = come(one, "an");
  const Person& bo = come(two, "bo");
  forget();
  kill(0);
  town.pass(seconds(5));
  EXPECT_THAT(bo.told<wire::Away>(), SizeIs(1));
  const Person& again = come(two, "an", key(an));
  EXPECT_EQ(an.number(), again.number());
  EXPECT_THAT(bo.told<wire::Back>(), SizeIs(1));
  town.pass(seconds(60));
  EXPECT_EQ(0U, comings_and_goings(bo));
}

TEST_F(Return, TheLastOfAClusterOfTwoTakesThemBackAsWell) {
  kill(2);
  town.pass(seconds(4));
  Person& an = come(one, "an");
  const Person& bo = come(two, "bo");
  forget();
  kill(0);
  town.pass(seconds(4));
  ASSERT_FALSE(two.hub.cluster()->has_others());
  EXPECT_EQ(an.number(), come(two, "an", key(an)).number());
  EXPECT_EQ(0U, comings_and_goings(bo));
}

TEST_F(Return, WhoseNodeLivesIsLetGoThereAndNobodySeesIt) {
  Person& an = come(one, "an");
  const Person& ai = come(one, "ai");
  const Person& bo = come(two, "bo");
  forget();
  Person& again = come(two, "an", key(an));
  EXPECT_EQ(an.number(), again.number());
  ASSERT_TRUE(an.closed);
  EXPECT_TRUE(absl::IsAborted(*an.closed)) << *an.closed;
  ASSERT_TRUE(two.speak(again, 30, "still me").ok());
  town.pass(seconds(40));
  for (const Person* const other : {&ai, &bo}) {
    EXPECT_EQ(0U, comings_and_goings(*other));
    EXPECT_THAT(other->caller.room->roster(), SizeIs(2 + 1));
    ASSERT_THAT(other->heard, SizeIs(1));
    EXPECT_EQ("still me", other->heard[0].frame.payload);
    EXPECT_EQ(an.number(), other->heard[0].frame.speaker);
  }
}

TEST_F(Return, WhoWasTheLastAtTheirNodeIsLetGoThereToo) {
  Person& an = come(one, "an");
  come(two, "bo");
  const Person& again = come(two, "an", key(an));
  ASSERT_TRUE(an.closed);
  EXPECT_EQ(nullptr, an.caller.room);
  EXPECT_EQ(an.number(), again.number());
  // Who comes there later sees each of them once.
  const Person& cy = come(one, "cy");
  EXPECT_THAT(cy.caller.room->roster(), SizeIs(3));
}

TEST_F(Return, WhoIsAwayAtTheirNodeComesBackAtAnother) {
  Person& an = come(one, "an");
  const Person& ai = come(one, "ai");
  forget();
  one.hub.leave(an.caller, wire::LeaveReason::kLost, one.now);
  town.pass(seconds(4));
  EXPECT_THAT(ai.told<wire::Away>(), SizeIs(1));
  EXPECT_EQ(an.number(), come(two, "an", key(an)).number());
  EXPECT_THAT(ai.told<wire::Back>(), SizeIs(1));
  town.pass(seconds(60));
  EXPECT_EQ(0U, comings_and_goings(ai));
}

TEST_F(Return, AndGoesOnToTheNextAndBackAgain) {
  Person& an = come(one, "an");
  const Person& bo = come(two, "bo");
  forget();
  const Person& second = come(two, "an", key(an));
  const Person& third = come(three, "an", key(second));
  const Person& fourth = come(one, "an", key(third));
  EXPECT_EQ(an.number(), fourth.number());
  town.pass(seconds(60));
  EXPECT_EQ(0U, comings_and_goings(bo));
  EXPECT_THAT(bo.caller.room->roster(), SizeIs(2));
}

TEST_F(Return, WhoCameBackAtTheirOwnNodeMayGoOverByTheNewKey) {
  Person& an = come(one, "an");
  come(two, "bo");
  one.hub.leave(an.caller, wire::LeaveReason::kLost, one.now);
  const Person& again = come(one, "an", key(an));
  ASSERT_EQ(an.number(), again.number());
  kill(0);
  EXPECT_EQ(an.number(), come(three, "an", key(again)).number());
}

TEST_F(Return, AKeyIsGoodOnce) {
  Person& an = come(one, "an");
  come(two, "bo");
  kill(0);
  const Person& again = come(two, "an", key(an));
  const Person& second = come(three, "an", key(an));
  ASSERT_TRUE(second.closed);
  EXPECT_TRUE(absl::IsAlreadyExists(*second.closed)) << *second.closed;
  EXPECT_FALSE(again.closed);
}

TEST_F(Return, AForgedKeyMakesANewcomerWhoHasNoNameThatIsTaken) {
  Person& an = come(one, "an");
  const Person& bo = come(two, "bo");
  const Person& eve = come(three, "an", std::string(wire::kResumeKeyBytes, 'e'));
  ASSERT_TRUE(eve.closed);
  EXPECT_THAT(std::string(eve.closed->message()), HasSubstr("goes by the name an"));
  // What other nodes are told of a key is none.
  const Person& hash = come(three, "an", an.caller.who.key_hash);
  EXPECT_TRUE(hash.closed);
  const Person& other = come(three, "eve", key(an));
  EXPECT_NE(an.number(), other.number());
  EXPECT_THAT(bo.told<wire::Joined>(), SizeIs(1)) << "eve, who is somebody else";
}

TEST_F(Return, TheWelcomeNamesTheOtherServersAndAnEventWhatBecomesOfThem) {
  const Person& an = come(one, "an");
  EXPECT_THAT(an.welcomes[0].others,
              UnorderedElementsAre(wire::OtherServer{"node2.example.org:50051", "SHA256:2"},
                                   wire::OtherServer{"node3.example.org:50051", "SHA256:3"}));
  two.hub.drain(seconds(4), two.now);
  town.pass(seconds(2));
  ASSERT_THAT(an.told<wire::OtherServers>(), SizeIs(1));
  EXPECT_THAT(an.told<wire::OtherServers>()[0].servers,
              ElementsAre(wire::OtherServer{"node3.example.org:50051", "SHA256:3"}));
  three.hub.renew_certificate("SHA256:new");
  town.pass(seconds(3));
  ASSERT_THAT(an.told<wire::OtherServers>(), SizeIs(2));
  EXPECT_EQ("SHA256:new", an.told<wire::OtherServers>()[1].servers.at(0).fingerprint);
}

TEST_F(Return, ADrainingServerSendsItsCallersAwayOneByOneAndTheOthersNoticeNothing) {
  std::vector<Person*> movers;
  for (const char* name : {"a", "b", "c", "d"}) movers.push_back(&come(one, name));
  Person& old = one.join("old");
  const Person& bo = come(two, "bo");
  forget();
  one.hub.drain(seconds(4), one.now);
  EXPECT_TRUE(old.closed) << "who does not know how to go over goes at once";
  std::vector<std::size_t> open;
  for (int i = 0; i < 30; ++i) {
    town.pass(milliseconds(100));
    for (Person*& mover : movers) {
      if (mover == nullptr || !mover->closed) continue;
      ASSERT_THAT(mover->told<wire::Draining>(), SizeIs(1));
      EXPECT_TRUE(mover->told<wire::Draining>()[0].elsewhere);
      const Person& again = come(three, mover->caller.who.name, key(*mover));
      EXPECT_EQ(mover->number(), again.number());
      mover = nullptr;
    }
    open.push_back(static_cast<std::size_t>(
        std::ranges::count_if(movers, [](const Person* it) { return it != nullptr; })));
  }
  EXPECT_EQ(0U, open.back());
  for (const std::size_t count : {1, 2, 3}) EXPECT_THAT(open, ::testing::Contains(count));
  EXPECT_TRUE(one.hub.has_moved_out());
  one.hub.cluster()->say_going(/*ends=*/true, one.now);
  kill(0);
  town.pass(seconds(60));
  ASSERT_THAT(bo.told<wire::Left>(), SizeIs(1));
  EXPECT_EQ(old.number(), bo.told<wire::Left>()[0].session);
  EXPECT_TRUE(bo.told<wire::Away>().empty());
  EXPECT_THAT(bo.caller.room->roster(), SizeIs(5));
}

TEST_F(Return, WhoDoesNotArriveAnywhereIsAwayAndLeavesAfterTheGrace) {
  come(one, "an");
  const Person& bo = come(two, "bo");
  forget();
  one.hub.drain(seconds(4), one.now);
  town.pass(seconds(3));
  one.hub.cluster()->say_going(/*ends=*/true, one.now);
  town.pass(milliseconds(100));
  kill(0);
  EXPECT_THAT(bo.told<wire::Away>(), SizeIs(1));
  town.pass(seconds(40));
  EXPECT_THAT(bo.told<wire::Left>(), SizeIs(1));
}

}  // namespace
}  // namespace comcat::server
