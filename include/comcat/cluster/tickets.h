#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "comcat/wire/cluster_messages.h"

#include "absl/status/statusor.h"

namespace comcat::cluster {

/// The keys that seal tickets, which all nodes of a cluster share: the newest seals, all open.
///
/// Time     since 1970 in UTC, the caller's; the nodes' clocks should agree to a minute or so.
/// Threads  one.
class Tickets {
 public:
  static constexpr std::chrono::hours kRotation{12};
  static constexpr std::size_t kKeysKept = 3;
  static constexpr std::chrono::hours kLasts{24};  // of a ticket: no longer than its key

  using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

  explicit Tickets(std::string cluster) : cluster_(std::move(cluster)) {}
  ~Tickets();
  Tickets(const Tickets&) = delete;
  Tickets& operator=(const Tickets&) = delete;

  /// The keys that the cluster has now.
  void adopt(std::vector<wire::TicketKey> keys);
  [[nodiscard]] const std::vector<wire::TicketKey>& keys() const { return keys_; }
  /// Whether there is to be a new key.
  [[nodiscard]] bool is_due(WallTime now) const;
  /// The keys with a new one: to be adopted once everyone else can have them.
  [[nodiscard]] std::vector<wire::TicketKey> rotated(WallTime now) const;

  /// A ticket for `who` in `room`, for whoever has the private key of `device_key` (empty: for
  /// whoever has the ticket). Empty where there is no key to seal with.
  [[nodiscard]] std::string seal(const std::string& room, const wire::Resident& who,
                                 const std::string& device_key, WallTime now) const;
  /// Whom it brings back. kPermissionDenied where it is none of this cluster's, is over, or is for
  /// another device; without a word on why.
  [[nodiscard]] absl::StatusOr<wire::Ticket> open(std::string_view sealed,
                                                  const std::string& device_key,
                                                  WallTime now) const;

 private:
  const std::string cluster_;
  std::vector<wire::TicketKey> keys_;  // the newest first
};

}  // namespace comcat::cluster
