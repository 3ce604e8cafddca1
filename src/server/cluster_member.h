#pragma once

#include <memory>

#include "comcat/bus/bus.h"
#include "comcat/server/cluster_settings.h"

#include "bus_outlet.h"

namespace comcat::server {

/// This server's place in a cluster: its bus, with a number that no other node has.
///
/// Threads    start(): any, and it waits: for NATS at most kPatience, and for others to say that
///            they have the number.
/// Ownership  the bus is to end before the shard does: end().
class ClusterMember {
 public:
  static constexpr std::chrono::seconds kPatience{1};

  [[nodiscard]] static std::unique_ptr<ClusterMember> start(const ClusterSettings& settings);

  [[nodiscard]] wire::Sender self() const { return self_; }
  BusOutlet& outlet() { return *outlet_; }
  [[nodiscard]] std::shared_ptr<const bus::Counters> counters() const {
    return bus_->shared_counters();
  }
  [[nodiscard]] std::shared_ptr<bus::Peers> peers() const { return bus_->shared_peers(); }
  /// Sends what waits, and ends the bus.
  void end() { bus_.reset(); }

 private:
  ClusterMember(std::unique_ptr<bus::Bus> bus, wire::Sender self);

  std::unique_ptr<bus::Bus> bus_;
  const wire::Sender self_;
  std::unique_ptr<BusOutlet> outlet_;
};

}  // namespace comcat::server
