#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/cluster/record_exchange.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/hosts.h"
#include "comcat/server/name_claims.h"
#include "comcat/wire/cluster_messages.h"

#include "absl/status/status.h"

namespace comcat::server {

/// Has bans, claims and mutes be the same at all nodes: tells what changes here, takes what changes
/// there, and compares with whoever was away.
///
/// Threads    one: the shard. Nothing waits.
/// Ownership  what it is made of outlives it. A null link: there are no other nodes.
class SharedRecords {
 public:
  using Done = std::function<void(const absl::Status&, base::Time now)>;

  SharedRecords(Hosts& hosts, NameClaims& claims, ClusterLink* link);

  /// What heartbeats say of all records.
  [[nodiscard]] std::uint64_t digest() const;

  /// The name that `device` has just claimed here: OK where it is theirs at all nodes. `done` is
  /// told once, perhaps at once.
  void confirm_claim(const std::string& name_key, const std::string& device, Done done,
                     base::Time now);
  /// As NameClaims::pair(), by a code that another node may have given.
  [[nodiscard]] std::optional<absl::Status> pair(const wire::PairAsked& asked, base::Time now,
                                                 const Done& done);

  void oblige(const wire::Sender& from, const wire::Heartbeat& told, base::Time now);
  bool oblige(const wire::Sender& from, const wire::RecordsAsked& asked, base::Time now);
  bool oblige(const wire::Sender& from, const wire::RecordsTold& told, base::Time now);
  bool oblige(const wire::Sender& from, const wire::ClaimAsked& asked, base::Time now);
  bool oblige(const wire::Sender& from, const wire::PairAsked& asked, base::Time now);

 private:
  [[nodiscard]] bool has_others() const { return link_ != nullptr && link_->has_others(); }
  [[nodiscard]] std::optional<absl::Status> pair_here(const wire::PairAsked& asked, base::Time now,
                                                      Kept later);
  void learn(const wire::ClaimRecord& claim, wire::NodeNumber from, base::Time now);
  void tell(const wire::RecordsTold& told);

  Hosts& hosts_;
  NameClaims& claims_;
  ClusterLink* const link_;
  cluster::RecordExchange exchange_;
};

}  // namespace comcat::server
