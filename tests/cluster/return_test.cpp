// A node dies, and its people come back at others: while messages are lost, doubled and overtake
// each other, before anybody has missed the node and after.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/fake_cluster.h"
#include "support/sanitizers.h"

namespace comcat::cluster {
namespace {

using namespace std::chrono_literals;

const std::string kRoom = "den";
constexpr std::uint64_t kStories = comcat::testing::kSanitized ? 20 : 200;

/// Three nodes with three people each, one of which is lost.
class Loss {
 public:
  explicit Loss(std::uint64_t seed) : network_(seed) {
    for (int i = 0; i < 3; ++i) network_.start();
    network_.run(5ms);
    for (auto& [number, node] : network_.nodes()) {
      for (int i = 0; i < 3; ++i) {
        node->join(kRoom, "p" + std::to_string(number) + std::to_string(i), network_.now());
        network_.send(*node);
        network_.run(200ms);
      }
    }
    network_.run(2s);
    const wire::NodeNumber dead = 1 + static_cast<wire::NodeNumber>(network_.below(3));
    lost_ = network_.at(dead).own(kRoom);
    for (const wire::SessionNumber session : lost_) {
      tickets_.push_back(network_.at(dead).ticket(kRoom, session));
    }
    network_.set_weather({15, 20, 100us, 60ms});
    network_.kill(dead);
  }

  /// Within 3 s each comes, to whichever node; those that live are then let alone.
  void come_back() {
    std::vector<std::pair<FakeNode*, std::uint64_t>> asked;
    for (const Ticket& ticket : tickets_) {
      network_.run(std::chrono::microseconds(network_.random()() % 1'000'000));
      FakeNode& node = *std::next(network_.nodes().begin(), network_.below(2))->second;
      asked.emplace_back(&node, node.join(kRoom, "", network_.now(), &ticket));
      network_.send(node);
    }
    network_.run(40s);
    for (const auto& [node, id] : asked) entered_.push_back(node->entered[id]);
  }

  /// What others were told of those who were lost, but for `away` and `back`.
  [[nodiscard]] std::string told() {
    std::string out;
    for (const auto& [number, node] : network_.nodes()) {
      for (const Change& change : node->changes) {
        const bool is_one = std::ranges::count(lost_, change.who.member.session) > 0;
        if (is_one && change.kind == Change::Kind::kLeft)
          out += "a leave at " + std::to_string(number);
      }
    }
    return out;
  }
  [[nodiscard]] const std::vector<wire::SessionNumber>& lost() const { return lost_; }
  [[nodiscard]] const std::vector<wire::SessionNumber>& entered() const { return entered_; }
  [[nodiscard]] std::string disagreement() const { return network_.disagreement(kRoom); }
  [[nodiscard]] std::size_t people() {
    return network_.nodes().begin()->second->cluster.find(kRoom)->size();
  }

 private:
  FakeCluster network_;
  std::vector<wire::SessionNumber> lost_;
  std::vector<wire::SessionNumber> entered_;
  std::vector<Ticket> tickets_;
};

TEST(Return, WhoeverComesBackFromADeadNodeIsWhoTheyWereAndNobodySeesThemLeave) {
  for (std::uint64_t seed = 1; seed <= kStories; ++seed) {
    Loss loss(seed);
    loss.come_back();
    EXPECT_EQ(loss.lost(), loss.entered()) << seed;
    EXPECT_EQ("", loss.told()) << seed;
    EXPECT_EQ("", loss.disagreement()) << seed;
    EXPECT_EQ(9U, loss.people()) << seed;
  }
}

TEST(Return, WhoseNodeIsLostBeforeAnybodyHasHeardOfThemHasTheNameAgain) {
  FakeCluster network;
  for (int i = 0; i < 3; ++i) network.start();
  network.run(2s);
  FakeNode& dying = network.at(1);
  for (const char* const room : {"den", "attic", "hall", "cellar"}) {
    const std::uint64_t id = dying.join(room, "an", network.now());
    network.send(dying);
    while (!dying.decided.contains(id)) network.run(500us);
  }
  std::vector<Ticket> tickets;
  for (const char* const room : {"den", "attic", "hall", "cellar"}) {
    ASSERT_FALSE(dying.own(room).empty());
    tickets.push_back(dying.ticket(room, dying.own(room).front()));
  }
  network.kill(1);
  for (const Ticket& ticket : tickets) {
    FakeNode& node = network.at(2);
    const std::uint64_t id = node.join(ticket.room, "", network.now(), &ticket);
    network.send(node);
    network.run(1s);
    EXPECT_TRUE(node.decided[id].status.ok()) << ticket.room << ": " << node.decided[id].status;
  }
}

// A node that has just begun does not know of the one that died before, and takes itself for the
// keeper of rooms of which nobody has told it.
TEST(Return, ANodeThatHasJustBegunAsksWhoeverIsInTheRoom) {
  const std::vector<std::string> rooms{"den", "attic", "hall", "cellar", "yard", "loft"};
  FakeCluster network;
  for (int i = 0; i < 3; ++i) network.start();
  network.run(2s);
  const auto join = [&](wire::NodeNumber node, const std::string& room, const std::string& name) {
    const std::uint64_t id = network.at(node).join(room, name, network.now());
    network.send(network.at(node));
    network.run(50ms);
    EXPECT_TRUE(network.at(node).entered.contains(id));
  };
  for (const std::string& room : rooms) join(1, room, "an");
  for (const std::string& room : rooms) join(2, room, "bob");
  network.run(1s);
  network.kill(3);
  FakeNode& young = network.start();
  network.run(500ms);
  std::vector<Ticket> tickets;
  std::vector<wire::SessionNumber> before;
  for (const std::string& room : rooms) {
    before.push_back(network.at(1).own(room).front());
    tickets.push_back(network.at(1).ticket(room, before.back()));
  }
  network.kill(1);
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    const std::uint64_t id = young.join(rooms[i], "", network.now(), &tickets[i]);
    network.send(young);
    network.run(700ms);
    EXPECT_EQ(before[i], young.entered[id]) << rooms[i];
  }
}

}  // namespace
}  // namespace comcat::cluster
