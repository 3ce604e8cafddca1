#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"
#include "comcat/server/metrics.h"
#include "comcat/server/room.h"
#include "comcat/server/room_deadlines.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::server {

struct RoomLimits {
  std::size_t max_rooms = 1000;
  std::size_t max_speakers = 8;  // that the listeners of one room are sent
  bool allows_recording = true;  // by clients that tell of it
};

/// The rooms of one shard, and who goes in and out. A room begins with the first who enters and
/// ends with the last who leaves.
///
/// Threads    one: the shard.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class Rooms {
 public:
  static constexpr std::size_t kMaxListedNameBytes = 8 * 1024;

  Rooms(const RoomLimits& limits, Metrics& metrics) : limits_(limits), metrics_(metrics) {}

  /// Whether `who` may be in the room `name` once `leaving`, whose room that may be, has left.
  /// kResourceExhausted where there may be no more rooms, kAlreadyExists where somebody there goes
  /// by that name.
  [[nodiscard]] absl::Status may_enter(const Participant& who, const std::string& name,
                                       const Caller& leaving) const;
  /// Takes `caller` from its room, where it is in one, to the room `name`. Where
  /// may_enter() says that it may not, it stays where it is.
  [[nodiscard]] absl::Status enter(Caller& caller, const std::string& name, base::Time now);
  /// Takes `caller` from its room and tells the others the reason, and what a host said of it.
  /// Harmless where it is in none.
  void leave(Caller& caller, wire::LeaveReason reason, base::Time now, const std::string& why = {});

  /// The room `name` in whatever way it is written; null where there is none.
  [[nodiscard]] const Room* find(const std::string& name) const;

  [[nodiscard]] wire::RoomList list() const;
  /// With the names of who is there, as far as kMaxListedNameBytes of them go.
  [[nodiscard]] wire::RoomList list_with_names() const;
  /// The room with this key; null where there is none.
  [[nodiscard]] Room* find_by_key(const std::string& key);

  /// Tells everyone that the server stops within `grace`. Nobody is told any more who leaves.
  void drain(std::chrono::milliseconds grace);

  /// Queues an event that has to arrive for everyone in any room.
  void deliver(const wire::Event& event) const;

  /// Room::catch_up() of each.
  void catch_up();

  /// Sends what has waited in the rooms, and is due.
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const { return deadlines_.next(); }

  [[nodiscard]] const RoomLimits& limits() const { return limits_; }

  /// What all of them have to send; it hears from whoever writes what that costs.
  SendLoad& load() { return load_; }

 private:
  /// The room `name`, new where there is none.
  Room& find_or_make(const std::string& name);

  const RoomLimits limits_;
  Metrics& metrics_;
  SendLoad load_;                                                    // outlives the rooms
  RoomDeadlines deadlines_;                                          // outlives the rooms
  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms_;  // by key
  bool draining_ = false;
};

}  // namespace comcat::server
