// Nodes to whom everything happens in any order: people come, go, are lost and come back; messages
// are lost, doubled and overtake each other; nodes die, are parted and find each other again. Then
// all is quiet, and they have to agree.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/fake_cluster.h"
#include "support/sanitizers.h"

namespace comcat::cluster {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kRooms{"den", "attic"};
const std::vector<std::string> kNames{"an", "bob", "cy"};

#ifdef NDEBUG
constexpr std::uint64_t kUsualCourses = comcat::testing::kSanitized ? 100 : 2000;
#else
constexpr std::uint64_t kUsualCourses = 100;  // it is slow
#endif

/// One course of events, the same for the same seed.
class Course {
 public:
  explicit Course(std::uint64_t seed) : network_(seed) {
    for (unsigned i = 0, count = 2 + network_.below(3); i < count; ++i) network_.start();
    network_.run(5ms);
  }

  /// What is wrong at the end; empty where nothing is.
  std::string run() {
    network_.set_weather({network_.below(25), network_.below(25), 100us, 60ms});
    for (int i = 0; i < 40; ++i) {
      step();
      network_.run(std::chrono::microseconds(network_.random()() % 400'000));
    }
    network_.heal();
    network_.set_weather({});
    network_.run(45s);  // longer than anybody is away for
    for (const std::string& room : kRooms) {
      if (std::string text = network_.disagreement(room); !text.empty()) return text;
      if (std::string text = ghosts(room); !text.empty()) return text;
    }
    return {};
  }

 private:
  FakeNode& any_node() {
    auto it = network_.nodes().begin();
    std::advance(it, network_.below(static_cast<unsigned>(network_.nodes().size())));
    return *it->second;
  }
  template <typename T>
  const T& any(const std::vector<T>& of) {
    return of[network_.below(static_cast<unsigned>(of.size()))];
  }

  void step() {
    FakeNode& node = any_node();
    const std::string& room = any(kRooms);
    const std::vector<wire::SessionNumber> own = node.own(room);
    switch (network_.below(12)) {
      case 0:
      case 1:
      case 2:
        node.join(room, any(kNames), network_.now(), nullptr, "key:" + any(kNames));
        break;
      case 3:
      case 4:
        if (!own.empty()) node.leave(room, any(own), network_.now());
        break;
      case 5:
        if (!own.empty()) node.mute(room, own.front(), network_.below(2) == 0, network_.now());
        break;
      case 6:
        if (!own.empty()) lose_connection(node, room, own.back());
        break;
      case 7:
      case 8:
        come_back(node);
        break;
      case 9:
        if (network_.nodes().size() > 1) kill(node);
        return;
      case 10:
        network_.put_on_side(node.number(), static_cast<int>(network_.below(2)));
        return;
      default:
        if (network_.nodes().size() < 5) network_.start();
        if (network_.below(2) == 0) network_.heal();
        return;
    }
    network_.send(node);
  }

  void lose_connection(FakeNode& node, const std::string& room, wire::SessionNumber session) {
    tickets_.push_back(node.ticket(room, session));
    node.set_away(room, session, network_.now());
  }
  /// Whoever was there has a ticket, and may come back with it, more than once.
  void kill(FakeNode& node) {
    for (const std::string& room : kRooms) {
      for (const wire::SessionNumber session : node.own(room)) {
        tickets_.push_back(node.ticket(room, session));
      }
    }
    network_.kill(node.number());
  }
  void come_back(FakeNode& node) {
    if (tickets_.empty()) return;
    const Ticket ticket = any(tickets_);
    node.join(ticket.room, "", network_.now(), &ticket);
  }

  /// Somebody who is seen, and whom no node has.
  std::string ghosts(const std::string& room) {
    for (const auto& [number, node] : network_.nodes()) {
      const RoomTable* const table = node->cluster.find(room);
      if (table == nullptr || table->own().people().empty()) continue;
      for (const Person* const person : table->people()) {
        const wire::SessionNumber session = person->resident.member.session;
        const wire::NodeNumber at = table->where(session);
        const bool lives = network_.nodes().contains(at);
        if (!lives || network_.at(at).cluster.find(room)->own().find(session) == nullptr) {
          return "a ghost: " + std::to_string(session) + " at " + std::to_string(at);
        }
      }
    }
    return {};
  }

  FakeCluster network_;
  std::vector<Ticket> tickets_;
};

/// COMCAT_EXPLORER_SEED does one course again; COMCAT_EXPLORER_COURSES says how many.
std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Explorer, WhateverHappensAllAgreeOnceItIsQuiet) {
  const std::uint64_t first = number_of("COMCAT_EXPLORER_SEED", 1);
  const bool one = std::getenv("COMCAT_EXPLORER_SEED") != nullptr;
  const std::uint64_t usual = kUsualCourses;
  const std::uint64_t courses = one ? 1 : number_of("COMCAT_EXPLORER_COURSES", usual);
  for (std::uint64_t seed = first; seed < first + courses; ++seed) {
    const std::string wrong = Course(seed).run();
    ASSERT_EQ("", wrong) << "COMCAT_EXPLORER_SEED=" << seed;
  }
}

}  // namespace
}  // namespace comcat::cluster
