#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"
#include "comcat/server/metrics.h"
#include "comcat/server/room.h"
#include "comcat/server/room_deadlines.h"
#include "comcat/server/room_rules.h"
#include "comcat/wire/errand_messages.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::server {

struct RoomLimits {
  std::size_t max_rooms = 1000;  // with somebody in them
  std::size_t max_speakers = 8;  // that the listeners of one room are sent
  bool allows_recording = true;  // by clients that tell of it
  RoomDoor door{};               // empty: one that counts no guesses
};

/// The rooms of one shard, and who goes in and out. A room begins with the first who enters and
/// ends kKept after the last has left, sooner where there are more than there may be; one that was
/// declared lasts until it is declared no more.
///
/// Threads    one: the shard.
/// Time       the caller's: tick() is due at next_deadline(), and may come at any time.
class Rooms {
 public:
  static constexpr std::size_t kMaxListedNameBytes = 8 * 1024;
  static constexpr std::size_t kMaxListed = 5000;  // rooms of all nodes in one answer
  static constexpr std::chrono::seconds kKept{20};

  /// `elsewhere`, null where there is no other node, outlives the rooms.
  Rooms(RoomLimits limits, Metrics& metrics, Elsewhere* elsewhere = nullptr)
      : limits_(std::move(limits)), metrics_(metrics), elsewhere_(elsewhere) {}

  /// These rooms last, in place of those that were declared before, and have these rules from now
  /// on; who is there already stays.
  void declare(const std::vector<LastingRoom>& rooms, base::Time now);

  /// Whether `caller`, who gives `passcode` ("": none), knows the passcode of the room `name`,
  /// where that has one; as RoomDoor says.
  [[nodiscard]] absl::Status check_passcode(const Caller& caller, const std::string& name,
                                            const std::string& passcode, base::Time now) const;
  /// Whether `who` may be in the room `name` once `leaving`, who is in the room `left` (null: in
  /// none), has left that.
  /// kResourceExhausted where there may be no more rooms, or nobody else may be in this one,
  /// kAlreadyExists where somebody there goes by that name.
  [[nodiscard]] absl::Status may_enter(const Participant& who, const std::string& name,
                                       const Participant& leaving, const Room* left) const;
  /// Takes `caller` from its room, where it is in one, to the room `name`. Where
  /// may_enter() says that it may not, it stays where it is. The number beside its name is
  /// `least_twin` or more: those elsewhere in the cluster may not be known here yet.
  [[nodiscard]] absl::Status enter(Caller& caller, const std::string& name, base::Time now,
                                   std::uint32_t least_twin = 0);
  /// Takes `caller` from its room and tells the others the reason, and what a host said of it.
  /// Harmless where it is in none.
  void leave(Caller& caller, wire::LeaveReason reason, base::Time now, const std::string& why = {});

  /// `caller`, who is in a room, has lost its connection: `kept` is there in its place.
  static void set_away(Caller& caller, const Participant& kept);
  /// Gives the place of `kept` in `room` to `caller`, who is in none.
  static void come_back(const Participant& kept, Room& room, Caller& caller);
  /// `caller`, who is in no room, is in the room `name` in place of whom another node had there.
  void take_over(Caller& caller, const std::string& name, base::Time now);
  /// `who`, who is in `room`, is there by another node from now on, as `there`.
  void move_elsewhere(const Participant& who, Room& room, Participant there, base::Time now);
  /// `kept` leaves `room`, and those who are there are told the reason.
  void leave_away(const Participant& kept, Room& room, wire::LeaveReason reason, base::Time now,
                  const std::string& why);

  /// The room `name` in whatever way it is written; null where there is none.
  [[nodiscard]] const Room* find(const std::string& name) const;

  /// The name of a room that there is not, and that nobody guesses.
  [[nodiscard]] std::string new_name() const;

  /// What `caller` may be told of: all but the rooms of whoever was told their names. Hosts, and
  /// nobody (null), are told of all.
  [[nodiscard]] wire::RoomList list(const Caller* caller = nullptr) const;
  /// With the names of who is there, as far as kMaxListedNameBytes of them go; but of a room with a
  /// passcode only for who is there, and hosts.
  [[nodiscard]] wire::RoomList list_with_names(const Caller* caller = nullptr) const;
  /// Those with somebody of this node, and how many that are; for another node, as it asks.
  [[nodiscard]] std::vector<wire::RoomInfo> list_here(const wire::RoomsAsked& asked) const;
  /// list(), or list_with_names(), with what other nodes have said by list_here(), as far as
  /// kMaxListed go.
  [[nodiscard]] wire::RoomList list_with(const std::vector<wire::RoomInfo>& others,
                                         const Caller* caller, bool with_names) const;
  /// Who is in the room `name`, as far as `caller` may be told: kNotFound, or kPermissionDenied as
  /// above.
  [[nodiscard]] absl::StatusOr<wire::Roster> roster(const std::string& name,
                                                    const Caller& caller) const;
  /// The room with this key; null where there is none.
  [[nodiscard]] Room* find_by_key(const std::string& key);

  /// Tells everyone that the server stops within `grace`. Nobody is told any more who leaves.
  void drain(std::chrono::milliseconds grace);

  /// Queues an event that has to arrive for everyone in any room.
  void deliver(const wire::Event& event) const;

  /// Room::catch_up() of each.
  void catch_up();

  /// Sends what has waited in the rooms, and is due; ends rooms.
  void tick(base::Time now);
  [[nodiscard]] base::Time next_deadline() const;

  [[nodiscard]] const RoomLimits& limits() const { return limits_; }

  /// What all of them have to send; it hears from whoever writes what that costs.
  SendLoad& load() { return load_; }

 private:
  /// The room `name`, new where there is none.
  Room& find_or_make(const std::string& name);
  /// To be called wherever `room` may have become empty, or the contrary, or its rules have
  /// changed.
  void note_size(Room& room, base::Time now);
  void end(Room& room);
  /// Tells who is there, and other nodes, who has left.
  void say_left(Room& room, const wire::Left& left, base::Time now) const;
  /// Ends those that have been empty for longest while there are more than there may be.
  void make_space();

  const RoomLimits limits_;
  Metrics& metrics_;
  Elsewhere* const elsewhere_;
  SendLoad load_;                                                    // outlives the rooms
  RoomDeadlines deadlines_;                                          // outlives the rooms
  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms_;  // by key
  std::set<std::pair<base::Time, Room*>> empty_;  // when each ends, perhaps never
  bool draining_ = false;
};

}  // namespace comcat::server
