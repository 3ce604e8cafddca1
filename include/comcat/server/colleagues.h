#pragma once

#include "comcat/base/clock.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/directory.h"
#include "comcat/server/host_orders.h"
#include "comcat/server/private_texts.h"
#include "comcat/server/shared_records.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// What the nodes of a cluster do for each other: this one for whoever asks here, and for the
/// others what they ask of it.
///
/// Threads    one: the shard. Nothing waits.
/// Ownership  what it is made of outlives it. A null link: there are no other nodes.
struct Colleagues {
  Colleagues(Rooms& rooms, Hosts& hosts, NameClaims& claims, ClusterLink* its_link)
      : link(its_link),
        texts(rooms, its_link),
        directory(rooms, hosts, its_link),
        orders(hosts, directory, its_link),
        records(hosts, claims, its_link) {}

  /// Does what a node that lives asks for; false where it may not. There is a link.
  bool oblige(const wire::NodeMessage& message, base::Time now);

  ClusterLink* const link;
  PrivateTexts texts;
  Directory directory;
  HostOrders orders;
  SharedRecords records;
};

}  // namespace comcat::server
