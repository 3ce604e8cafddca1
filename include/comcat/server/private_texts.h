#pragma once

#include <functional>
#include <optional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/server/cluster_link.h"
#include "comcat/server/rooms.h"
#include "comcat/wire/cluster_messages.h"

#include "absl/status/status.h"

namespace comcat::server {

/// Texts for one person of a room, wherever they are. Nobody keeps them.
///
/// Threads    one: the shard. Nothing waits.
/// Ownership  rooms and link outlive it. A null link: there are no other nodes.
class PrivateTexts {
 public:
  /// OK where one of the person's devices has it.
  using Done = std::function<void(const absl::Status&, base::Time now)>;

  PrivateTexts(Rooms& rooms, ClusterLink* link) : rooms_(rooms), link_(link) {}

  /// Tells whoever goes by `name` in `room`. What has become of it; nothing where `done` is told,
  /// once other nodes have answered, or have not in time.
  [[nodiscard]] std::optional<absl::Status> tell(const Room& room, const std::string& name,
                                                 const wire::Told& text, base::Time now, Done done);

  /// One from another node.
  bool oblige(const wire::Sender& from, const wire::PrivateText& text);

 private:
  Rooms& rooms_;
  ClusterLink* const link_;
};

}  // namespace comcat::server
