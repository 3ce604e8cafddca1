#pragma once

#include <string>
#include <vector>

#include "comcat/server/cluster_link.h"

/// The other nodes, for those who ask them and tell people of it. Threads: the shard.
namespace comcat::server {

[[nodiscard]] std::vector<wire::NodeNumber> other_nodes(const ClusterLink& link);

/// What a node is called, as far as that is known.
[[nodiscard]] std::string node_name(const ClusterLink& link, wire::NodeNumber node);

/// Which nodes did not answer, in a few words; empty where all did.
[[nodiscard]] std::string silent_nodes(const ClusterLink& link,
                                       const std::vector<wire::NodeNumber>& silent);

/// The same as the end of a sentence.
[[nodiscard]] std::string without_silent(const ClusterLink& link,
                                         const std::vector<wire::NodeNumber>& silent);

}  // namespace comcat::server
