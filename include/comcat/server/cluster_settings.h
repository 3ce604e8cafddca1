#pragma once

#include <chrono>
#include <string>

#include "comcat/base/address.h"
#include "comcat/bus/nats.h"

namespace comcat::server {

/// What makes a server one of a cluster's.
struct ClusterSettings {
  bus::NatsOptions nats;
  std::string cluster;  // wire::is_node_name(), as is the next
  std::string node;
  base::Address address{};  // where clients reach it; no host: they are not told, port 0: as here
  int text_replicas = 1;    // of what is said, 1 or 3
  std::chrono::hours text_hours{24};  // for how long NATS keeps it, at least 1
};

}  // namespace comcat::server
