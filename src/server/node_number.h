#pragma once

#include <cstdint>

#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// The number of the node whose bus has this one: so whoever sends a message cannot say to be
/// another node than by being another bus. Threads: any.
[[nodiscard]] constexpr wire::NodeNumber node_number(std::uint64_t bus_number) {
  return static_cast<wire::NodeNumber>(bus_number >> 52);
}

}  // namespace comcat::server
