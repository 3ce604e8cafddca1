#pragma once

#include <string>

#include "comcat/server/cluster_options.h"
#include "comcat/server/cluster_settings.h"
#include "comcat/store/journal.h"

#include "bus_outlet.h"
#include "cluster_member.h"
#include "cluster_texts.h"
#include "shard.h"

// How a server's parts that belong to its cluster are tied to the rest. Threads: the one that
// starts the server.
namespace comcat::server {

/// What the hub is to know of the cluster that `member` is in. `port`: that clients reach.
[[nodiscard]] ClusterOptions cluster_options(const ClusterSettings& settings, ClusterMember& member,
                                             const std::string& fingerprint, int port);

/// Has what other nodes say reach the shard.
void connect(BusOutlet& outlet, Shard& shard);

/// Has what is said at all servers reach the journal, which may be null, and the shard.
void connect(ClusterTexts& texts, store::Journal* journal, Shard& shard);

}  // namespace comcat::server
