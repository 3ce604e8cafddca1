#pragma once

#include <cstdint>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// Where a message to other nodes goes, or has come from.
struct Topic {
  enum class Kind : std::uint8_t {
    kNodes,   // all nodes of the cluster
    kNode,    // one: `node`
    kPeople,  // those that have somebody in a room: `room_key`
    kVoice,   // the same; older than Outlet::kVoiceLifetime it is not heard
  };
  Kind kind = Kind::kNodes;
  std::string room_key{};
  wire::NodeNumber node = 0;
};

/// The way from a shard to the other nodes: BusOutlet, and what tests put in its place.
/// Threads: the shard. Nothing waits.
class Outlet {
 public:
  static constexpr std::chrono::milliseconds kVoiceLifetime{200};
  static constexpr std::chrono::seconds kLifetime{2};  // of everything else

  virtual ~Outlet() = default;
  virtual void send(const Topic& topic, std::string bytes) = 0;
  /// From now on what is sent there comes here, or no more.
  virtual void listen(const Topic& topic) = 0;
  virtual void ignore(const Topic& topic) = 0;
  [[nodiscard]] virtual bool is_connected() const = 0;
};

/// A message as it has come from another node.
struct FromNode {
  Topic topic;
  std::string bytes;
  std::uint64_t sender = 0;  // the bus of the other; wire::Sender::incarnation is to be this
};

}  // namespace comcat::server
