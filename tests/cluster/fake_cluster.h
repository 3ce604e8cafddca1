#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "comcat/cluster/cluster.h"
#include "comcat/cluster/session_number.h"

namespace comcat::cluster {

/// With which somebody comes back at another node as who they were.
struct Ticket {
  std::string room;
  std::string name;
  std::string device;
  std::string key_hash;
};

/// What happens to messages between nodes.
struct Weather {
  unsigned lost_percent = 0;
  unsigned doubled_percent = 0;
  std::chrono::microseconds least{500};
  std::chrono::microseconds most{500};  // later ones may overtake
};

/// A server, as far as the cluster sees one: it does what a server would do with decisions and
/// changes, and keeps what its callers would have been told.
class FakeNode {
 public:
  FakeNode(wire::NodeNumber number, std::uint64_t incarnation, base::Time now);

  /// `name` wants to enter `room`; with `ticket`, by its name and as who that was.
  std::uint64_t join(const std::string& room, const std::string& name, base::Time now,
                     const Ticket* ticket = nullptr, const std::string& device = "");
  void leave(const std::string& room, wire::SessionNumber session, base::Time now,
             wire::LeaveReason reason = wire::LeaveReason::kStopped);
  /// The connection of somebody is lost.
  void set_away(const std::string& room, wire::SessionNumber session, base::Time now);
  void mute(const std::string& room, wire::SessionNumber session, bool muted, base::Time now);

  /// Does what has come of the last call; what is to be sent.
  std::vector<Outgoing> settle(base::Time now);

  [[nodiscard]] wire::NodeNumber number() const { return cluster.nodes().self().node; }
  /// Who is in the room as callers here see it: numbers, names with their numbers, where.
  [[nodiscard]] std::vector<std::string> view(const std::string& room) const;
  /// Our own people there.
  [[nodiscard]] std::vector<wire::SessionNumber> own(const std::string& room) const;
  /// A ticket for whoever of ours has this number.
  [[nodiscard]] Ticket ticket(const std::string& room, wire::SessionNumber session) const;

  Cluster cluster;
  std::set<std::string> hears;                        // keys of rooms
  std::vector<std::pair<std::string, bool>> hearing;  // what of it has changed
  std::map<std::uint64_t, Decision> decided;          // by question
  std::vector<Change> changes;                        // all that there were
  std::map<std::uint64_t, wire::SessionNumber> entered;

 private:
  struct Asked {
    std::string room;
    wire::Resident who;
  };
  [[nodiscard]] std::string make_key_hash();

  std::uint32_t next_own_ = 1;
  std::uint32_t last_key_ = 0;
  std::map<std::uint64_t, Asked> asked_;
};

/// Some nodes and what lies between them, in a time of their own: everything that happens, happens
/// in run(), the same for the same seed.
class FakeCluster {
 public:
  explicit FakeCluster(std::uint64_t seed = 1) : random_(seed) {}

  FakeNode& start();
  /// It is gone without a word.
  void kill(wire::NodeNumber node);
  [[nodiscard]] FakeNode& at(wire::NodeNumber node) { return *nodes_.at(node); }
  [[nodiscard]] std::map<wire::NodeNumber, std::unique_ptr<FakeNode>>& nodes() { return nodes_; }

  /// Only nodes of one side hear each other; others are on side 0.
  void put_on_side(wire::NodeNumber node, int side) { sides_[node] = side; }
  void heal() { sides_.clear(); }
  void set_weather(const Weather& weather) { weather_ = weather; }

  /// Lets `time` pass.
  void run(std::chrono::microseconds time);
  /// To be called after a node was told to do something.
  void send(FakeNode& node);

  /// What the nodes do not agree on; empty where all who have somebody in the room see the same,
  /// and nobody twice, and no two with one name and number.
  [[nodiscard]] std::string disagreement(const std::string& room) const;

  [[nodiscard]] base::Time now() const { return now_; }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  std::mt19937_64& random() { return random_; }
  [[nodiscard]] unsigned below(unsigned count) { return static_cast<unsigned>(random_() % count); }

 private:
  struct Flight {
    base::Time at;
    std::uint64_t order;
    wire::NodeNumber to;
    std::shared_ptr<const wire::NodeMessage> message;
    bool operator>(const Flight& other) const {
      return std::pair(at, order) > std::pair(other.at, other.order);
    }
  };
  void fly(wire::NodeNumber to, const std::shared_ptr<const wire::NodeMessage>& message);
  void deliver(const Flight& flight);
  [[nodiscard]] int side(wire::NodeNumber node) const;

  std::mt19937_64 random_;
  Weather weather_;
  base::Time now_ = base::Time{} + std::chrono::hours(1);
  wire::NodeNumber last_number_ = 0;
  std::map<wire::NodeNumber, std::unique_ptr<FakeNode>> nodes_;
  std::map<wire::NodeNumber, int> sides_;
  std::unordered_map<std::string, std::set<wire::NodeNumber>> hearers_;  // of rooms
  std::priority_queue<Flight, std::vector<Flight>, std::greater<>> flights_;
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
};

}  // namespace comcat::cluster
