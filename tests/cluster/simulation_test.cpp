// Fifty nodes and very many people who come, go and fail.

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/fake_cluster.h"
#include "support/sanitizers.h"

namespace comcat::cluster {
namespace {

using namespace std::chrono_literals;

#ifdef NDEBUG
constexpr bool kFast = !comcat::testing::kSanitized;
#else
constexpr bool kFast = false;
#endif
constexpr unsigned kNodes = kFast ? 50 : 12;

/// COMCAT_SIMULATION_PEOPLE=100000 has as many; it takes some 20 s of one core.
std::size_t people_of_test() {
  const char* const text = std::getenv("COMCAT_SIMULATION_PEOPLE");
  if (text != nullptr) return std::strtoull(text, nullptr, 10);
  return kFast ? 20'000 : 3'000;
}
const std::size_t kPeople = people_of_test();
constexpr std::size_t kRoomSize = 5;

class Simulation {
 public:
  Simulation() {
    network_.set_weather({1, 1, 300us, 5ms});
    for (unsigned i = 0; i < kNodes; ++i) network_.start();
    network_.run(1s);
  }

  /// Fills the rooms, each with people of whichever nodes.
  void come() {
    const std::size_t rooms = kPeople / kRoomSize;
    for (std::size_t person = 0; person < kPeople; ++person) {
      join("room" + std::to_string(person % rooms), "p" + std::to_string(person));
      if (person % (kPeople / 20) == 0) network_.run(20ms);
    }
    network_.run(200ms);
  }

  /// Some go, some come, some are muted.
  void change(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      FakeNode& node = any_node();
      const std::string room = any_room();
      const std::vector<wire::SessionNumber> own = node.own(room);
      if (own.empty()) {
        join(room, "q" + std::to_string(i));
        continue;
      }
      if (i % 2 == 0) node.leave(room, own.front(), network_.now());
      if (i % 2 == 1) node.mute(room, own.front(), true, network_.now());
      network_.send(node);
    }
  }
  void fail(unsigned nodes) {
    for (unsigned i = 0; i < nodes; ++i) kill(any_node());
  }
  /// Half of those whose nodes have failed come back elsewhere.
  void bring_back() {
    for (std::size_t i = 0; i < tickets_.size(); i += 2) {
      FakeNode& node = any_node();
      node.join(tickets_[i].room, "", network_.now(), &tickets_[i]);
      network_.send(node);
    }
  }

  void run(std::chrono::milliseconds time) { network_.run(time); }

  [[nodiscard]] std::string disagreement() const {
    for (std::size_t room = 0; room < kPeople / kRoomSize; ++room) {
      std::string text = network_.disagreement("room" + std::to_string(room));
      if (!text.empty()) return text;
    }
    return {};
  }
  [[nodiscard]] std::size_t people() {
    std::size_t count = 0;
    for (std::size_t room = 0; room < kPeople / kRoomSize; ++room) {
      for (const auto& [number, node] : network_.nodes()) {
        const RoomTable* const table = node->cluster.find("room" + std::to_string(room));
        if (table != nullptr) count += table->own().people().size();
      }
    }
    return count;
  }
  [[nodiscard]] std::uint64_t delivered() const { return network_.delivered(); }

 private:
  void join(const std::string& room, const std::string& name) {
    FakeNode& node = any_node();
    node.join(room, name, network_.now());
    network_.send(node);
  }
  FakeNode& any_node() {
    auto it = network_.nodes().begin();
    std::advance(it, network_.below(static_cast<unsigned>(network_.nodes().size())));
    return *it->second;
  }
  std::string any_room() {
    return "room" + std::to_string(network_.below(static_cast<unsigned>(kPeople / kRoomSize)));
  }
  void kill(FakeNode& node) {
    for (std::size_t room = 0; room < kPeople / kRoomSize; ++room) {
      const std::string name = "room" + std::to_string(room);
      for (const wire::SessionNumber session : node.own(name)) {
        tickets_.push_back(node.ticket(name, session));
      }
    }
    network_.kill(node.number());
  }

  FakeCluster network_;
  std::vector<Ticket> tickets_;
};

TEST(Simulation, FiftyNodesWithVeryManyPeopleAgreeThreeSecondsAfterTheLastChange) {
  Simulation simulation;
  simulation.come();
  simulation.run(700ms);  // a name may be asked for again and again for 600 ms
  EXPECT_EQ(kPeople, simulation.people());
  simulation.fail(2);
  simulation.run(3200ms);  // they are missed
  simulation.bring_back();
  simulation.change(kPeople / 50);
  simulation.run(3s);
  EXPECT_EQ("", simulation.disagreement());
  RecordProperty("delivered", std::to_string(simulation.delivered()));
}

}  // namespace
}  // namespace comcat::cluster
