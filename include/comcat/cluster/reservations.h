#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/room_table.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::cluster {

/// The names of a room that its keeper has given to whoever asked, until they are in the room's
/// table or kKept is over. Asked twice, it answers twice the same.
/// Threads: one. Time: the caller's.
class Reservations {
 public:
  static constexpr std::chrono::seconds kKept{5};

  /// The answer, without the nodes.
  [[nodiscard]] wire::NameAnswered ask(wire::NodeNumber from, const wire::NameAsked& asked,
                                       const RoomTable& table, base::Time now);
  /// Who was given a name, and has the key with this hash; null where nobody has.
  [[nodiscard]] const Person* with_key(const std::string& key_hash) const;
  [[nodiscard]] bool empty() const { return given_.empty(); }
  void tick(const RoomTable& table, base::Time now);

 private:
  struct Given {
    wire::NodeNumber to = 0;
    std::uint64_t id = 0;
    Person who;
    base::Time until{};
  };
  [[nodiscard]] bool is_spent(wire::NodeNumber from, const wire::Resident& who,
                              const RoomTable& table) const;

  std::vector<Given> given_;
};

}  // namespace comcat::cluster
