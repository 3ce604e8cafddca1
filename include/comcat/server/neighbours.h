#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/node_table.h"
#include "comcat/server/cluster_options.h"
#include "comcat/server/metrics.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// What this node says of itself to the others, and what there is to say of all of them.
///
/// Threads    one: the shard.
/// Ownership  options and metrics outlive it.
class Neighbours {
 public:
  static constexpr std::chrono::seconds kBeat{1};

  Neighbours(const ClusterOptions& options, Metrics& metrics);

  /// What the next heartbeat is to say; due each kBeat.
  [[nodiscard]] const wire::Heartbeat& measure(base::Time now);
  [[nodiscard]] base::Time next_deadline() const { return measured_ + kBeat; }
  [[nodiscard]] const wire::Heartbeat& going(bool ends);
  void renew(const std::string& fingerprint) { own_.fingerprint = fingerprint; }

  /// Looks where clients could go: the nodes with an address that take somebody. True where that
  /// has changed.
  bool look_at(const cluster::NodeTable& table);
  /// Those, at most wire::kMaxOtherServers, beginning with another for each `session`.
  [[nodiscard]] std::vector<wire::OtherServer> others(wire::SessionNumber session) const;

  /// Notes in log and metrics that a node has come, or gone.
  void note(wire::NodeNumber node, cluster::NodeTable::Heard what, const cluster::NodeTable& table);
  /// Another node has our number.
  static void note_taken(const wire::Heartbeat& told, wire::NodeNumber number);

  /// A line of safe text for each node, this one first.
  [[nodiscard]] std::string described(const cluster::NodeTable& table, base::Time now) const;

 private:
  const ClusterOptions& options_;
  Metrics& metrics_;
  wire::Heartbeat own_;
  std::vector<wire::OtherServer> others_;
  base::Time began_{};
  base::Time measured_{};
  base::Duration busy_{};
  std::map<wire::NodeNumber, std::uint64_t> incarnations_;  // of those that are counted by name
};

}  // namespace comcat::server
