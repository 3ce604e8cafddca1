#pragma once

#include <cstdint>
#include <string>

#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// The history that all servers of a cluster have in common, as a shard sees it: ClusterTexts, and
/// what tests put in its place. Threads: the shard. Nothing waits.
class SharedTexts {
 public:
  virtual ~SharedTexts() = default;
  /// Takes a text, which is then heard at all servers, this one too. `id` is of this text alone:
  /// with the same it is said once. Hub::take_said() is called with `ticket` once, unless the
  /// history ends before. False where it can take none now; nothing is called then.
  [[nodiscard]] virtual bool say(std::uint64_t ticket, const wire::RoomText& text,
                                 std::string id) = 0;
};

}  // namespace comcat::server
