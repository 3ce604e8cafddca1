// Bans and claimed names, which hold at all nodes.

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/base/signing_key.h"
#include "comcat/wire/cluster_convert.h"
#include "comcat/wire/hello_proof.h"

#include "server/town.h"

namespace comcat::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Everywhere : ::testing::Test {
  Town town{3};
  const base::SigningKey laptop = base::SigningKey::make();
  const base::SigningKey phone = base::SigningKey::make();

  House& at(std::size_t node) { return town.nodes.at(node)->house; }

  std::string admin(std::size_t node, const std::string& words,
                    base::Duration patience = milliseconds(50)) {
    at(node).administer(words);
    town.pass(patience);
    if (!at(node).administered) return "no answer";
    const Hosts::Answer& answer = *at(node).administered;
    return answer.ok() ? *answer : std::string(answer.status().message());
  }
  bool is_banned(std::size_t node, const std::string& address) {
    return !at(node).hub.check_ban(address).ok();
  }
  /// Somebody with a device's key, who may be refused.
  Person& come(std::size_t node, const base::SigningKey& key, const std::string& name,
               const std::string& room = "lobby", const std::string& code = "") {
    Person& person = at(node).connect();
    wire::Hello hello{name, room, "", wire::kFeatureVoiceBatch};
    hello.key = key.public_key();
    hello.pair_code = code;
    hello.signature = key.sign(wire::proof_text(hello, person.caller.device.nonce, ""));
    const absl::Status status = at(node).say_hello(person, hello);
    town.pass(milliseconds(300));
    if (!status.ok()) person.closed = status;
    return person;
  }
  wire::Outcome outcome(std::size_t node, Person& person, decltype(wire::Command::verb) verb,
                        base::Duration patience = milliseconds(50)) {
    const std::uint64_t id = at(node).command(person, std::move(verb));
    town.pass(patience);
    const auto answers = person.answers(id);
    EXPECT_THAT(answers, SizeIs(1));
    return answers.empty() ? wire::Outcome{id, -1, "no answer", {}} : answers[0];
  }
};

TEST_F(Everywhere, ABanHoldsAtAllNodesAtOnceAndSoDoesItsLift) {
  const Person& bo = come(1, laptop, "bo");
  EXPECT_THAT(admin(0, "ban 192.0.2.1 because noise"), HasSubstr("nobody from 192.0.2.1"));
  for (std::size_t node = 0; node < 3; ++node) EXPECT_TRUE(is_banned(node, "192.0.2.1")) << node;
  ASSERT_TRUE(bo.closed);
  EXPECT_EQ("a host has banned you: noise", bo.closed->message());
  EXPECT_THAT(admin(2, "bans"), HasSubstr("192.0.2.1  until unbanned  by comcat-server --admin"));
  EXPECT_EQ("192.0.2.1 may come in again", admin(2, "unban 192.0.2.1"));
  for (std::size_t node = 0; node < 3; ++node) EXPECT_FALSE(is_banned(node, "192.0.2.1")) << node;
  EXPECT_EQ("192.0.2.1 is not banned", admin(0, "unban 192.0.2.1"));
}

TEST_F(Everywhere, WhoIsKickedForATimeAtAnotherNodeComesInAtNone) {
  come(1, laptop, "bo");
  EXPECT_THAT(admin(0, "kick bo for 10m"),
              AllOf(HasSubstr("nobody from 192.0.2.1, nor with key:"), HasSubstr("in for 10m")));
  for (std::size_t node = 0; node < 3; ++node) EXPECT_TRUE(is_banned(node, "192.0.2.1")) << node;
  town.wall += std::chrono::minutes(11);
  for (std::size_t node = 0; node < 3; ++node) EXPECT_FALSE(is_banned(node, "192.0.2.1")) << node;
}

TEST_F(Everywhere, ANodeThatWasAwayLearnsTheBansAndLiftsThatItMissed) {
  admin(2, "ban 198.51.100.7");
  town.nodes[2]->alive = false;
  town.pass(seconds(4));
  admin(0, "ban 203.0.113.9 for 1h");
  admin(1, "unban 198.51.100.7");
  town.nodes[2]->alive = true;
  town.pass(seconds(6));
  EXPECT_TRUE(is_banned(2, "203.0.113.9"));
  EXPECT_FALSE(is_banned(2, "198.51.100.7"));
}

TEST_F(Everywhere, OfABanAndALiftAtTwoSidesOfASplitTheLaterHolds) {
  admin(0, "ban 198.51.100.7");
  town.connected = false;
  town.pass(seconds(5));
  admin(1, "unban 198.51.100.7");
  town.wall += std::chrono::minutes(1);
  admin(2, "ban 198.51.100.7 for 2h because again");
  town.connected = true;
  town.pass(seconds(8));
  for (std::size_t node = 0; node < 3; ++node) {
    EXPECT_THAT(admin(node, "bans"), HasSubstr("again")) << node;
  }
}

// ---- mutes

TEST_F(Everywhere, WhomAHostHasMutedIsSoStillWhereTheyComeAnewAtAnyNode) {
  come(1, laptop, "bo");
  EXPECT_EQ("bo is heard by nobody", admin(0, "mute bo"));
  EXPECT_TRUE(come(2, laptop, "anew", "den").caller.who.muted_by_host);
  EXPECT_FALSE(come(2, phone, "cy", "den").caller.who.muted_by_host);
  town.wall += seconds(1);
  EXPECT_EQ("bo is no longer muted by a host", admin(2, "unmute bo"));
  for (std::size_t node = 0; node < 3; ++node) {
    EXPECT_FALSE(
        come(node, laptop, "again", "room " + std::to_string(node)).caller.who.muted_by_host);
  }
}

TEST_F(Everywhere, ANodeThatWasAwayLearnsWhomHostsHaveMutedAndWhomNoLonger) {
  come(1, laptop, "bo");
  come(1, phone, "cy");
  admin(0, "mute bo");
  town.nodes[2]->alive = false;
  town.pass(seconds(4));
  town.wall += seconds(1);
  admin(0, "unmute bo");
  admin(0, "mute cy");
  town.nodes[2]->alive = true;
  town.pass(seconds(6));
  EXPECT_FALSE(come(2, laptop, "bo", "den").caller.who.muted_by_host);
  EXPECT_TRUE(come(2, phone, "cy", "den").caller.who.muted_by_host);
}

// ---- names

TEST_F(Everywhere, AClaimedNameIsItsHoldersAtAllNodes) {
  Person& an = come(0, laptop, "an");
  EXPECT_EQ(0, outcome(0, an, wire::Claim{}).status);
  const Person& other = come(1, phone, "An", "den");
  ASSERT_TRUE(other.closed);
  EXPECT_THAT(std::string(other.closed->message()), HasSubstr("the name An is claimed"));
  const Person& self = come(2, laptop, "an", "den");
  EXPECT_FALSE(self.closed);
  EXPECT_TRUE(self.caller.who.about.claimed);
}

TEST_F(Everywhere, OfTwoWhoClaimOneNameAtOnceAtTwoNodesOneIsRefused) {
  Person& one = come(0, laptop, "an", "den");
  Person& other = come(1, phone, "an", "attic");
  const std::uint64_t first = at(0).command(one, wire::Claim{});
  const std::uint64_t second = at(1).command(other, wire::Claim{});
  town.pass(milliseconds(300));
  ASSERT_THAT(one.answers(first), SizeIs(1));
  ASSERT_THAT(other.answers(second), SizeIs(1));
  const bool first_has_it = one.answers(first)[0].status == 0;
  EXPECT_NE(first_has_it, other.answers(second)[0].status == 0);
  const wire::Outcome refused = first_has_it ? other.answers(second)[0] : one.answers(first)[0];
  EXPECT_EQ("the name an is held for somebody else", refused.text);
  EXPECT_EQ(first_has_it, one.caller.who.about.claimed);
  EXPECT_EQ(!first_has_it, other.caller.who.about.claimed);
}

TEST_F(Everywhere, AfterASplitTheOlderClaimStaysAndTheOtherIsToldThatItIsNotTheirs) {
  Person& one = come(0, laptop, "an", "den");
  Person& other = come(1, phone, "an", "attic");
  town.connected = false;
  town.pass(seconds(5));
  EXPECT_EQ(0, outcome(0, one, wire::Claim{}).status);
  town.wall += seconds(5);
  EXPECT_EQ(0, outcome(1, other, wire::Claim{}).status);
  EXPECT_TRUE(other.caller.who.about.claimed);
  town.connected = true;
  town.pass(seconds(8));
  EXPECT_TRUE(one.caller.who.about.claimed);
  EXPECT_FALSE(other.caller.who.about.claimed);
  EXPECT_EQ("the name an is held for somebody else", outcome(1, other, wire::Claim{}).text);
}

TEST_F(Everywhere, AReleasedNameIsFreeAtAllNodesAndStaysSo) {
  Person& an = come(0, laptop, "an");
  outcome(0, an, wire::Claim{});
  town.nodes[2]->alive = false;
  town.pass(seconds(4));
  town.wall += seconds(1);
  EXPECT_THAT(admin(1, "release an"), HasSubstr("the name an is free"));
  EXPECT_FALSE(an.caller.who.about.claimed);
  town.nodes[2]->alive = true;  // which still has the claim
  town.pass(seconds(8));
  for (std::size_t node = 0; node < 3; ++node) {
    EXPECT_EQ("nobody has claimed the name an", admin(node, "release an")) << node;
  }
  Person& bo = come(2, phone, "an", "den");
  EXPECT_EQ(0, outcome(2, bo, wire::Claim{}).status);
}

TEST_F(Everywhere, ACodeIsGoodAtAnyNodeAndOnce) {
  Person& an = come(0, laptop, "an");
  outcome(0, an, wire::Claim{});
  const std::string code = outcome(0, an, wire::Pair{}).text;
  const Person& wrong = come(1, phone, "an", "den", "abcdefghij");
  ASSERT_TRUE(wrong.closed);
  EXPECT_TRUE(absl::IsPermissionDenied(*wrong.closed)) << *wrong.closed;
  const Person& self = come(1, phone, "an", "den", code);
  EXPECT_FALSE(self.closed);
  EXPECT_TRUE(self.caller.who.about.claimed);
  const base::SigningKey third = base::SigningKey::make();
  EXPECT_TRUE(come(2, third, "an", "attic", code).closed);
  EXPECT_FALSE(come(2, phone, "an", "attic").closed);
}

TEST_F(Everywhere, RecordsOfNobodyWhoLivesAreNotBelieved) {
  wire::Sender other_start = town.nodes[0]->self();
  other_start.incarnation += 1;
  const wire::RecordsTold told{{{"198.51.100.7", "", "", "x", 0, 9, false, 0}}, {}};
  const std::uint64_t before = at(1).metrics.node_messages_refused;
  town.deliver(*town.nodes[0], *town.nodes[1], {Topic::Kind::kNodes},
               wire::encode_node_message(other_start, told));
  EXPECT_EQ(1, at(1).metrics.node_messages_refused - before);
  EXPECT_FALSE(is_banned(1, "198.51.100.7"));
}

/// Bans, lifts, claims and releases at any node, in any order, with nodes away and splits: at rest
/// all are told the same.
TEST(SharedRecords, WhateverHappensAllAgreeOnceItIsQuiet) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    std::mt19937_64 random(seed);
    Town town(3);
    std::vector<base::SigningKey> keys;
    for (int i = 0; i < 3; ++i) keys.push_back(base::SigningKey::make());
    for (int step = 0; step < 40; ++step) {
      Town::Node& node = *town.nodes[random() % 3];
      const std::string number = std::to_string(random() % 4);
      switch (random() % 8) {
        case 0:
        case 1:
          node.house.administer("ban 198.51.100." + number);
          break;
        case 2:
          node.house.administer("unban 198.51.100." + number);
          break;
        case 3:
          node.house.administer("release an" + number);
          break;
        case 4:
        case 5: {
          Person& person = node.house.connect("203.0.113." + std::to_string(step));
          const base::SigningKey& key = keys[random() % 3];
          wire::Hello hello{"an" + number, "r" + std::to_string(step), "",
                            wire::kFeatureVoiceBatch};
          hello.key = key.public_key();
          hello.signature = key.sign(wire::proof_text(hello, person.caller.device.nonce, ""));
          static_cast<void>(node.house.say_hello(person, hello));
          town.pass(milliseconds(100));
          if (person.caller.room != nullptr) node.house.command(person, wire::Claim{});
          break;
        }
        case 6:
          town.connected = !town.connected;
          break;
        default:
          node.alive = !node.alive;
      }
      town.wall += milliseconds(random() % 3);
      town.pass(milliseconds(random() % 2000));
    }
    town.connected = true;
    for (const auto& node : town.nodes) node->alive = true;
    town.pass(seconds(150));  // longer than the longest wait between two questions
    const std::uint64_t digest = town.nodes[0]->house.hub.records_digest();
    for (const auto& node : town.nodes) {
      ASSERT_EQ(digest, node->house.hub.records_digest()) << "seed " << seed;
      ASSERT_EQ(town.nodes[0]->house.hub.check_ban("198.51.100.1").ok(),
                node->house.hub.check_ban("198.51.100.1").ok());
    }
  }
}

}  // namespace
}  // namespace comcat::server
