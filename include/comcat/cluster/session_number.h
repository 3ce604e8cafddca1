#pragma once

#include <cstdint>

#include "comcat/wire/cluster_messages.h"

/// Numbers of sessions that are unique in a cluster: 12 bits of the node where a session began, 20
/// of its own. Threads: any.
namespace comcat::cluster {

inline constexpr unsigned kOwnBits = 20;
inline constexpr std::uint32_t kMaxOwn = (1U << kOwnBits) - 1;

/// `own` is 1 to kMaxOwn.
[[nodiscard]] constexpr wire::SessionNumber session_number(wire::NodeNumber node,
                                                           std::uint32_t own) {
  return (std::uint32_t{node} << kOwnBits) | (own & kMaxOwn);
}

/// Where a session began.
[[nodiscard]] constexpr wire::NodeNumber node_of(wire::SessionNumber session) {
  return static_cast<wire::NodeNumber>(session >> kOwnBits);
}

}  // namespace comcat::cluster
