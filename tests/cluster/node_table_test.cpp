#include "comcat/cluster/node_table.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace comcat::cluster {
namespace {

using Nodes = std::vector<wire::NodeNumber>;
using namespace std::chrono_literals;
using Heard = NodeTable::Heard;

wire::Sender sender(wire::NodeNumber node, std::uint64_t incarnation = 1) {
  return {"home", node, incarnation};
}

wire::Heartbeat beat(const std::string& name) {
  wire::Heartbeat out;
  out.name = name;
  return out;
}

TEST(NodeTable, ANodeLivesWhileItIsHeardAndIsGoneAfterThreeSeconds) {
  NodeTable nodes(sender(1));
  const base::Time start{};
  EXPECT_EQ(Heard::kAppeared, nodes.hear(sender(2), beat("b"), start));
  EXPECT_EQ(Heard::kKnown, nodes.hear(sender(2), beat("b"), start + 2s));
  EXPECT_TRUE(nodes.tick(start + 4999ms).empty());
  EXPECT_TRUE(nodes.is_alive(2));
  EXPECT_EQ((std::vector<wire::NodeNumber>{2}), nodes.tick(start + 5s));
  EXPECT_FALSE(nodes.is_alive(2));
}

TEST(NodeTable, WhateverANodeSaysShowsThatItLives) {
  NodeTable nodes(sender(1));
  const base::Time start{};
  EXPECT_FALSE(nodes.hear(sender(2), start));
  static_cast<void>(nodes.hear(sender(2), beat("b"), start));
  EXPECT_TRUE(nodes.hear(sender(2), start + 2s));
  EXPECT_TRUE(nodes.tick(start + 4s).empty());
}

TEST(NodeTable, ANodeThatEndsIsGoneAtOnce) {
  NodeTable nodes(sender(1));
  static_cast<void>(nodes.hear(sender(2), beat("b"), {}));
  wire::Heartbeat last = beat("b");
  last.ending = true;
  EXPECT_EQ(Heard::kEnded, nodes.hear(sender(2), last, {}));
  EXPECT_FALSE(nodes.is_alive(2));
}

TEST(NodeTable, WhoHasTheNumberOfAnotherThatLivesIsRefused) {
  NodeTable nodes(sender(1));
  static_cast<void>(nodes.hear(sender(2), beat("b"), {}));
  EXPECT_EQ(Heard::kRefused, nodes.hear(sender(2, 99), beat("liar"), {}));
  EXPECT_EQ(Heard::kRefused, nodes.hear(sender(1, 99), beat("liar"), {}));
  EXPECT_EQ(Heard::kRefused, nodes.hear({"away", 3, 1}, beat("stranger"), {}));
  EXPECT_FALSE(nodes.hear(sender(2, 99), base::Time{}));
  EXPECT_EQ("b", nodes.all().at(2).told.name);
}

TEST(NodeTable, AllWhoKnowTheSameNodesAgreeOnTheKeeperOfARoom) {
  NodeTable a(sender(1));
  NodeTable b(sender(2));
  NodeTable c(sender(3));
  for (const wire::NodeNumber other : Nodes{2, 3})
    static_cast<void>(a.hear(sender(other), beat("x"), {}));
  for (const wire::NodeNumber other : Nodes{1, 3})
    static_cast<void>(b.hear(sender(other), beat("x"), {}));
  for (const wire::NodeNumber other : Nodes{1, 2})
    static_cast<void>(c.hear(sender(other), beat("x"), {}));
  std::map<wire::NodeNumber, int> kept;
  for (int room = 0; room < 300; ++room) {
    const std::string key = "room" + std::to_string(room);
    EXPECT_EQ(a.keeper(key), b.keeper(key));
    EXPECT_EQ(a.keeper(key), c.keeper(key));
    ++kept[a.keeper(key)];
  }
  for (const wire::NodeNumber node : Nodes{1, 2, 3}) EXPECT_GT(kept[node], 60);
}

TEST(NodeTable, WhenANodeGoesOnlyItsRoomsHaveAnotherKeeper) {
  NodeTable nodes(sender(1));
  for (wire::NodeNumber other = 2; other < 10; ++other) {
    static_cast<void>(nodes.hear(sender(other), beat("x"), base::Time{} + (other == 5 ? 0s : 9s)));
  }
  std::map<std::string, wire::NodeNumber> before;
  for (int room = 0; room < 300; ++room) {
    const std::string key = "room" + std::to_string(room);
    before[key] = nodes.keeper(key);
  }
  EXPECT_EQ((std::vector<wire::NodeNumber>{5}), nodes.tick(base::Time{} + 9s));
  for (const auto& [key, keeper] : before) {
    if (keeper != 5) {
      EXPECT_EQ(keeper, nodes.keeper(key));
    }
  }
}

}  // namespace
}  // namespace comcat::cluster
