#include "comcat/cluster/node_table.h"

#include "hash.h"

namespace comcat::cluster {
NodeTable::Heard NodeTable::hear(const wire::Sender& from, const wire::Heartbeat& told,
                                 base::Time now) {
  if (from.node == self_.node || from.cluster != self_.cluster) return Heard::kRefused;
  const auto found = nodes_.find(from.node);
  if (found != nodes_.end() && found->second.who != from) return Heard::kRefused;
  if (told.ending) {
    if (found == nodes_.end()) return Heard::kRefused;
    nodes_.erase(found);
    ++generation_;
    return Heard::kEnded;
  }
  if (found != nodes_.end()) {
    found->second.told = told;
    found->second.heard = now;
    return Heard::kKnown;
  }
  nodes_.emplace(from.node, Node{from, told, now, now});
  ++generation_;
  return Heard::kAppeared;
}

bool NodeTable::hear(const wire::Sender& from, base::Time now) {
  const auto found = nodes_.find(from.node);
  if (found == nodes_.end() || found->second.who != from) return false;
  found->second.heard = now;
  return true;
}

std::vector<wire::NodeNumber> NodeTable::tick(base::Time now) {
  std::vector<wire::NodeNumber> gone;
  for (const auto& [number, node] : nodes_) {
    if (now - node.heard >= kLease) gone.push_back(number);
  }
  for (const wire::NodeNumber number : gone) nodes_.erase(number);
  if (!gone.empty()) ++generation_;
  return gone;
}

wire::NodeNumber NodeTable::keeper(std::string_view room_key) const {
  const std::uint64_t room = hash_of(room_key);
  wire::NodeNumber best = self_.node;
  std::uint64_t highest = mixed(room ^ mixed(self_.node));
  for (const auto& [number, node] : nodes_) {
    const std::uint64_t weight = mixed(room ^ mixed(number));
    if (weight <= highest) continue;
    highest = weight;
    best = number;
  }
  return best;
}

}  // namespace comcat::cluster
