// What nodes of a cluster make of each other, by scripts.

#include "comcat/cluster/cluster.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cluster/fake_cluster.h"

namespace comcat::cluster {
namespace {

using Nodes = std::vector<wire::NodeNumber>;
using namespace std::chrono_literals;
using Kind = Change::Kind;

const std::string kRoom = "den";

class ClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) network_.start();
    network_.run(10ms);
  }

  std::uint64_t ask(wire::NodeNumber node, const std::string& name, const Ticket* ticket = nullptr,
                    const std::string& device = "") {
    const std::uint64_t id = at(node).join(kRoom, name, network_.now(), ticket, device);
    network_.send(at(node));
    return id;
  }
  wire::SessionNumber join(wire::NodeNumber node, const std::string& name,
                           const Ticket* ticket = nullptr, const std::string& device = "") {
    const std::uint64_t id = ask(node, name, ticket, device);
    network_.run(ticket == nullptr ? 20ms : 200ms);
    EXPECT_TRUE(at(node).decided.contains(id));
    EXPECT_TRUE(at(node).decided[id].status.ok()) << at(node).decided[id].status;
    return at(node).entered[id];
  }
  absl::Status refused(wire::NodeNumber node, const std::string& name,
                       const Ticket* ticket = nullptr) {
    const std::uint64_t id = ask(node, name, ticket);
    network_.run(ticket == nullptr ? 20ms : 200ms);  // others have time to say who has a key
    EXPECT_TRUE(at(node).decided.contains(id));
    return at(node).decided[id].status;
  }
  void leave(wire::NodeNumber node, wire::SessionNumber session,
             wire::LeaveReason reason = wire::LeaveReason::kStopped) {
    at(node).leave(kRoom, session, network_.now(), reason);
    network_.send(at(node));
  }
  void lose_connection(wire::NodeNumber node, wire::SessionNumber session) {
    at(node).set_away(kRoom, session, network_.now());
    network_.send(at(node));
  }
  FakeNode& at(wire::NodeNumber node) { return network_.at(node); }
  bool sees(wire::NodeNumber node, Kind kind, wire::SessionNumber session) {
    return std::ranges::any_of(at(node).changes, [&](const Change& change) {
      return change.kind == kind && change.who.member.session == session;
    });
  }
  const Person* find(wire::NodeNumber node, wire::SessionNumber session) {
    const RoomTable* const table = at(node).cluster.find(kRoom);
    return table == nullptr ? nullptr : table->find(session);
  }
  std::string full_name(wire::NodeNumber node, wire::SessionNumber session) {
    const wire::Member& member = find(node, session)->resident.member;
    return member.name + (member.twin > 1 ? " (" + std::to_string(member.twin) + ")" : "");
  }

  FakeCluster network_;
};

TEST_F(ClusterTest, WhoEntersSeesAtOnceWhoIsThereOnOtherNodes) {
  const auto an = join(1, "an");
  const auto bob = join(2, "bob");
  EXPECT_EQ(2U, at(2).view(kRoom).size());
  EXPECT_TRUE(sees(1, Kind::kJoined, bob));
  EXPECT_TRUE(sees(2, Kind::kJoined, an));
  EXPECT_EQ("", network_.disagreement(kRoom));
  EXPECT_EQ(1, node_of(an));
  EXPECT_EQ(2, node_of(bob));
}

TEST_F(ClusterTest, WhatChangesIsSeenElsewhereWithinAMoment) {
  const auto an = join(1, "an");
  join(2, "bob");
  network_.run(200ms);
  at(1).mute(kRoom, an, true, network_.now());
  network_.send(at(1));
  network_.run(5ms);
  EXPECT_TRUE(find(2, an)->resident.member.muted);
  EXPECT_TRUE(sees(2, Kind::kChanged, an));
}

TEST_F(ClusterTest, WhoLeavesIsToldElsewhereWithTheReason) {
  const auto an = join(1, "an");
  join(2, "bob");
  network_.run(200ms);
  leave(1, an, wire::LeaveReason::kRemoved);
  network_.run(5ms);
  ASSERT_TRUE(sees(2, Kind::kLeft, an));
  EXPECT_EQ(wire::LeaveReason::kRemoved, at(2).changes.back().reason);
  EXPECT_EQ("an", at(2).changes.back().who.member.name);
}

TEST_F(ClusterTest, ANameThatSomebodyHasOnAnotherNodeIsRefused) {
  join(1, "an");
  EXPECT_TRUE(absl::IsAlreadyExists(refused(2, "an")));
  EXPECT_TRUE(absl::IsAlreadyExists(refused(3, "AN")));
  EXPECT_EQ(1U, at(1).view(kRoom).size());
}

TEST_F(ClusterTest, OfTwoWhoClaimANameAtOnceOneHasItAndOneIsRefused) {
  for (int round = 0; round < 50; ++round) {
    const std::string name = "name" + std::to_string(round);
    const auto one = ask(1, name);
    const auto other = ask(2, name);
    network_.run(20ms);
    const bool first = at(1).decided.at(one).status.ok();
    EXPECT_NE(first, at(2).decided.at(other).status.ok());
    EXPECT_TRUE(absl::IsAlreadyExists(at(first ? 2 : 1).decided.at(first ? other : one).status));
  }
  network_.run(3s);
  EXPECT_EQ("", network_.disagreement(kRoom));
}

TEST_F(ClusterTest, ANameThatIsGivenUpIsFreeOnEveryNode) {
  const auto an = join(1, "an");
  join(2, "bob");
  leave(1, an);
  network_.run(150ms);
  EXPECT_NE(0U, join(2, "an"));
}

TEST_F(ClusterTest, ANodeThatIsGoneIsGoneForAllWithinThreeSecondsAndItsPeopleAreAway) {
  const auto an = join(1, "an");
  join(2, "bob");
  join(3, "cy");
  network_.run(1s);
  network_.kill(1);
  network_.run(3s);
  for (const wire::NodeNumber node : Nodes{2, 3}) {
    EXPECT_FALSE(at(node).cluster.nodes().is_alive(1));
    EXPECT_TRUE(find(node, an)->resident.member.away);
    EXPECT_FALSE(sees(node, Kind::kLeft, an));
  }
  EXPECT_TRUE(absl::IsAlreadyExists(refused(2, "an")));  // it is kept for them
  network_.run(34s);
  for (const wire::NodeNumber node : Nodes{2, 3}) {
    EXPECT_EQ(nullptr, find(node, an));
    EXPECT_TRUE(sees(node, Kind::kLeft, an));
  }
}

TEST_F(ClusterTest, WhoseNodeIsLostComesBackElsewhereAsTheSameAndNobodySeesThemLeave) {
  const auto an = join(1, "an");
  join(2, "bob");
  join(3, "cy");
  const Ticket ticket = at(1).ticket(kRoom, an);
  network_.kill(1);
  network_.run(3500ms);
  EXPECT_EQ(an, join(2, "", &ticket));
  network_.run(100ms);
  for (const wire::NodeNumber node : Nodes{2, 3}) {
    EXPECT_FALSE(sees(node, Kind::kLeft, an));
    EXPECT_FALSE(find(node, an)->resident.member.away);
    EXPECT_EQ(2, at(node).cluster.find(kRoom)->where(an));
  }
  network_.run(40s);
  EXPECT_EQ("", network_.disagreement(kRoom));
  EXPECT_NE(nullptr, find(3, an));
}

TEST_F(ClusterTest, WhoComesBackElsewhereBeforeTheirNodeIsMissedIsTheSame) {
  const auto an = join(1, "an");
  join(2, "bob");
  const Ticket ticket = at(1).ticket(kRoom, an);
  lose_connection(1, an);
  network_.run(20ms);
  EXPECT_EQ(an, join(2, "", &ticket));
  network_.run(200ms);
  EXPECT_TRUE(sees(1, Kind::kOwnMoved, an));
  EXPECT_TRUE(at(1).own(kRoom).empty());
  EXPECT_FALSE(sees(2, Kind::kLeft, an));
}

TEST_F(ClusterTest, WhoComesBackAtOnceWhereNobodyOfTheRoomIsIsTheSame) {
  // The room's keeper may be the one that is gone: then whoever is in the room knows them.
  for (int i = 0; i < 8; ++i) {
    network_.start();
    network_.run(10ms);
    const auto dead = static_cast<wire::NodeNumber>(network_.nodes().rbegin()->first);
    const std::string name = "an" + std::to_string(i);
    const auto an = join(dead, name);
    if (i == 0) join(2, "bob");
    network_.run(20ms);
    const Ticket ticket = at(dead).ticket(kRoom, an);
    network_.kill(dead);
    network_.run(5ms);
    const std::uint64_t id = ask(3, "", &ticket);
    network_.run(700ms);
    EXPECT_EQ(an, at(3).entered[id]) << i;
    EXPECT_FALSE(sees(2, Kind::kLeft, an));
    at(3).leave(kRoom, an, network_.now());
    network_.send(at(3));
    network_.run(200ms);
  }
}

TEST_F(ClusterTest, WhoComesBackKeepsTheNumberBesideTheName) {
  join(1, "bob");
  join(2, "cy");
  network_.run(1s);
  network_.put_on_side(2, 1);
  network_.run(4s);
  const auto older = join(1, "an");
  const auto younger = join(2, "an");
  network_.heal();
  network_.run(3s);
  leave(1, older);
  network_.run(200ms);
  const Ticket ticket = at(2).ticket(kRoom, younger);
  network_.kill(2);
  const std::uint64_t id = ask(3, "", &ticket);
  network_.run(700ms);
  ASSERT_EQ(younger, at(3).entered[id]);
  EXPECT_EQ("an (2)", full_name(3, younger));
}

TEST_F(ClusterTest, AKeyIsNobodysByAnotherNameOrDevice) {
  const auto an = join(1, "an", nullptr, "key:an");
  join(2, "bob");
  network_.run(200ms);
  Ticket stolen = at(1).ticket(kRoom, an);
  stolen.device = "key:eve";
  EXPECT_TRUE(absl::IsAlreadyExists(refused(3, "", &stolen)));
  stolen.name = "eve";
  EXPECT_NE(an, join(3, "", &stolen));
  EXPECT_EQ(1, at(2).cluster.find(kRoom)->where(an));
}

TEST_F(ClusterTest, OfTwoWhoComeWithOneKeyAtOnceOneIsWhoThatWas) {
  const auto an = join(1, "an");
  join(2, "bob");
  network_.run(200ms);
  const Ticket ticket = at(1).ticket(kRoom, an);
  network_.kill(1);
  network_.run(4s);
  const std::uint64_t one = ask(2, "", &ticket);
  const std::uint64_t other = ask(3, "", &ticket);
  network_.run(1s);
  const bool first = at(2).decided[one].status.ok();
  const bool second = at(3).decided[other].status.ok();
  EXPECT_NE(first, second);
  EXPECT_EQ(an, first ? at(2).entered[one] : at(3).entered[other]);
  EXPECT_EQ("", network_.disagreement(kRoom));
}

TEST_F(ClusterTest, AKeyIsSpentOnce) {
  const auto an = join(1, "an");
  join(3, "cy");
  const Ticket ticket = at(1).ticket(kRoom, an);
  network_.kill(1);
  network_.run(4s);
  EXPECT_EQ(an, join(2, "", &ticket));
  EXPECT_TRUE(absl::IsAlreadyExists(refused(3, "", &ticket)));
}

TEST_F(ClusterTest, WhoHasLeftForGoodDoesNotComeBackByAnOldKey) {
  const auto an = join(1, "an");
  join(2, "bob");
  const Ticket ticket = at(1).ticket(kRoom, an);
  leave(1, an, wire::LeaveReason::kRemoved);
  network_.run(200ms);
  EXPECT_TRUE(sees(2, Kind::kLeft, an));
  EXPECT_NE(an, join(2, "", &ticket)) << "somebody of the same name, no more";
}

TEST_F(ClusterTest, AfterASplitTheOlderKeepsTheNameAndTheOtherGetsANumber) {
  join(1, "bob");
  join(2, "cy");
  network_.run(1s);
  network_.put_on_side(2, 1);
  network_.run(4s);
  const auto older = join(1, "an");
  network_.run(1s);
  const auto younger = join(2, "an");
  network_.heal();
  network_.run(3s);
  for (const wire::NodeNumber node : Nodes{1, 2}) {
    EXPECT_EQ("an", full_name(node, older));
    EXPECT_EQ("an (2)", full_name(node, younger));
  }
  EXPECT_TRUE(sees(2, Kind::kRenumbered, younger));
  EXPECT_FALSE(sees(1, Kind::kRenumbered, older));
  EXPECT_EQ("", network_.disagreement(kRoom));
}

TEST_F(ClusterTest, ASplitThatHealsBringsEverybodyBackWithinTwoSecondsWithoutALeave) {
  const auto an = join(1, "an");
  const auto bob = join(2, "bob");
  network_.run(1s);
  network_.put_on_side(2, 1);
  network_.run(5s);
  EXPECT_TRUE(find(1, bob)->resident.member.away);
  EXPECT_TRUE(find(2, an)->resident.member.away);
  network_.heal();
  network_.run(2s);
  EXPECT_FALSE(find(1, bob)->resident.member.away);
  EXPECT_FALSE(find(2, an)->resident.member.away);
  EXPECT_FALSE(sees(1, Kind::kLeft, bob));
}

TEST_F(ClusterTest, WhoIsAloneOnASideOfASplitStillEnters) {
  network_.put_on_side(2, 1);
  const auto id = ask(2, "an");
  network_.run(700ms);
  ASSERT_TRUE(at(2).decided.contains(id));
  EXPECT_TRUE(at(2).decided[id].status.ok());
}

TEST_F(ClusterTest, APersonWhoseProgramStartedAnewTakesTheirOwnNameAgain) {
  const auto before = join(1, "an", nullptr, "key:1");
  join(3, "cy");
  lose_connection(1, before);
  network_.run(200ms);
  const auto after = join(2, "an", nullptr, "key:1");
  network_.run(500ms);
  EXPECT_NE(before, after);
  EXPECT_TRUE(sees(1, Kind::kOwnEnded, before));
  EXPECT_EQ(nullptr, find(3, before));
  EXPECT_EQ("an", full_name(3, after));
}

TEST_F(ClusterTest, ARoomOfAThousandOnOneNodeIsToldInPagesAndChanges) {
  join(2, "first");
  for (int i = 0; i < 1000; ++i) ask(1, "n" + std::to_string(i));
  network_.run(3s);
  EXPECT_EQ(1001U, at(2).view(kRoom).size());
  EXPECT_EQ("", network_.disagreement(kRoom));
  leave(1, at(1).own(kRoom).front());
  network_.run(150ms);
  EXPECT_EQ(1000U, at(2).view(kRoom).size());
}

TEST_F(ClusterTest, NobodyWithTheNumberOfAnotherNodeIsBelieved) {
  join(1, "an");
  wire::Resident liar;
  liar.member = {};
  liar.member.session = session_number(1, 99);
  liar.member.name = "liar";
  const wire::NodeMessage lie{at(2).cluster.nodes().self(),
                              wire::RoomPart{kRoom, 1000, 0, 1, {liar}, {}}};
  EXPECT_TRUE(at(1).cluster.receive(lie, network_.now()));
  EXPECT_EQ(1U, at(1).view(kRoom).size());
}

TEST_F(ClusterTest, WhatComesFromNobodyWhoLivesIsNotBelieved) {
  const wire::NodeMessage stranger{{"home", 9, 1}, wire::RoomPart{kRoom, 1, 0, 1, {}, {}}};
  EXPECT_FALSE(at(1).cluster.receive(stranger, network_.now()));
  const wire::NodeMessage other_start{{"home", 2, 12345}, wire::RoomAsked{kRoom}};
  EXPECT_FALSE(at(1).cluster.receive(other_start, network_.now()));
}

TEST_F(ClusterTest, OnlyTheNodeWhereSomebodyIsSpeaksForThem) {
  const auto an = join(1, "an");
  join(2, "bob");
  const Cluster& cluster = at(2).cluster;
  EXPECT_TRUE(cluster.speaks_for(at(1).cluster.nodes().self(), kRoom, an));
  EXPECT_FALSE(cluster.speaks_for(at(3).cluster.nodes().self(), kRoom, an));
  EXPECT_FALSE(cluster.speaks_for({"home", 1, 999}, kRoom, an));
}

TEST_F(ClusterTest, ARoomThatEverybodyHasLeftIsForgotten) {
  const auto an = join(1, "an");
  const auto bob = join(2, "bob");
  leave(1, an);
  leave(2, bob);
  network_.run(30s);
  for (const wire::NodeNumber node : Nodes{1, 2, 3}) {
    EXPECT_EQ(nullptr, at(node).cluster.find(kRoom));
    EXPECT_TRUE(at(node).hears.empty());
  }
}

}  // namespace
}  // namespace comcat::cluster
