#pragma once

#include <string>

#include "comcat/bus/nats.h"

namespace comcat::server {

/// What makes a server one of a cluster's.
struct ClusterSettings {
  bus::NatsOptions nats;
  std::string cluster;  // wire::is_node_name(), as is the next
  std::string node;
  std::string address{};  // where clients reach it, HOST:PORT; empty: they are not told
};

}  // namespace comcat::server
