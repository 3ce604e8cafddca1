#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "comcat/cluster/cluster.h"
#include "comcat/cluster/part_sender.h"
#include "comcat/cluster/reservations.h"

namespace comcat::cluster {

/// All that a node has of one room. Threads: one.
struct Cluster::Room {
  static constexpr std::chrono::seconds kSwept{2};

  Room(std::string name, std::string key, wire::NodeNumber self)
      : table(std::move(name), std::move(key), self) {}

  /// When it is to be served next.
  [[nodiscard]] base::Time next_deadline() const {
    return std::min(sender.next_deadline(table), sweep_at);
  }
  [[nodiscard]] bool is_over() const {
    return table.is_over() && sender.is_done(table) && reserved.empty() && questions.empty();
  }

  RoomTable table;
  PartSender sender;
  Reservations reserved;
  base::Time sweep_at{};
  base::Time due_at{};  // its place in Cluster::due_
  wire::NodeNumber keeper = 0;
  std::uint64_t keeper_of_generation = 0;
  std::vector<std::uint64_t> questions;  // of this node, that wait
  bool heard = false;                    // this node hears what is said in the room
};

}  // namespace comcat::cluster
