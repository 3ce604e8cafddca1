#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::cluster {

/// A node that lives, as another knows it.
struct Node {
  wire::Sender who;
  wire::Heartbeat told;
  base::Time since{};  // of this node's being known
  base::Time heard{};
};

/// The nodes that live: whoever has been heard within kLease. A node that ends says so.
///
/// Capacity   as many as there are numbers.
/// Threads    one.
/// Time       the caller's: tick() may come at any time.
class NodeTable {
 public:
  static constexpr std::chrono::milliseconds kLease{3000};

  /// `self` lives, and is not among all().
  explicit NodeTable(wire::Sender self) : self_(std::move(self)) {}

  enum class Heard : std::uint8_t {
    kKnown,     // it goes on
    kAppeared,  // and was not known before
    kEnded,     // by its own word
    kRefused,   // it has our number, or that of another that lives
  };
  Heard hear(const wire::Sender& from, const wire::Heartbeat& told, base::Time now);
  /// Something else of `from` has come: whether that is a node that lives.
  bool hear(const wire::Sender& from, base::Time now);

  /// Those that have been silent for kLease; they are forgotten.
  [[nodiscard]] std::vector<wire::NodeNumber> tick(base::Time now);

  [[nodiscard]] const wire::Sender& self() const { return self_; }
  /// By number.
  [[nodiscard]] const std::map<wire::NodeNumber, Node>& all() const { return nodes_; }
  [[nodiscard]] bool is_alive(wire::NodeNumber node) const {
    return node == self_.node || nodes_.contains(node);
  }
  /// Which node is to know all of the room with this key, whoever is asked among those who know the
  /// same nodes: the one whose number, mixed with the key, is the highest.
  [[nodiscard]] wire::NodeNumber keeper(std::string_view room_key) const;
  /// Another after each change of who lives.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

 private:
  const wire::Sender self_;
  std::map<wire::NodeNumber, Node> nodes_;
  std::uint64_t generation_ = 1;
};

}  // namespace comcat::cluster
