#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"
#include "comcat/server/rooms.h"

#include "absl/status/status.h"

namespace comcat::server {

/// Somebody whose connection is lost, and who has a place in the room still.
struct Absentee {
  Participant who;
  std::string address;
  std::string resume_key;
  Room* room = nullptr;
  base::Time opened{};  // when the call began
  base::Time lost{};
};

/// Those whose connection is lost and who may come back: for kKept they are in their room as
/// before, to others `away` once they have been so for kUnsaid. What they had is then given to the
/// connection that has their resume key, or they leave.
///
/// Capacity   kMost; the one who has been away for longest leaves before its time.
/// Threads    one: the shard.
/// Ownership  the rooms outlive it.
class Absentees {
 public:
  static constexpr std::chrono::seconds kKept{30};
  static constexpr std::chrono::seconds kUnsaid{3};
  static constexpr std::size_t kMost = 1000;

  explicit Absentees(Rooms& rooms) : rooms_(rooms) {}

  /// `caller`, who is in a room, has lost its connection.
  void keep(Caller& caller, base::Time now);

  /// Null where nobody has this key.
  [[nodiscard]] Absentee* find(const std::string& resume_key);
  /// Somebody of `caller`'s name in the room with the key `room`, who called with the same device
  /// or, where not both have shown one, from the same address; null where there is none. It is the
  /// same person, whose program started anew.
  [[nodiscard]] Absentee* find(const std::string& room, const Caller& caller);
  [[nodiscard]] std::list<Absentee>& all() { return all_; }
  [[nodiscard]] const std::list<Absentee>& all() const { return all_; }

  /// Gives the absentee's place in the room to `caller`, who is from then on who that was.
  void give_place(Absentee& from, Caller& caller, base::Time now);
  void remove(Absentee& whom, wire::LeaveReason reason, base::Time now,
              const std::string& why = {});
  /// It has come back at another node, as `there`.
  void let_move(Absentee& whom, Participant there, base::Time now);
  /// A host has removed it; who comes with its key is to be told `status`.
  void turn_away(Absentee& whom, const std::string& why, const absl::Status& status,
                 base::Time now);
  /// What is to be told to who comes with this key.
  [[nodiscard]] absl::Status check(const std::string& resume_key) const;

  /// Nobody is remembered, so that tick() has nothing to do.
  [[nodiscard]] bool rests() const { return all_.empty() && removed_.empty(); }
  /// Says who is away, and lets those leave who have been so for kKept.
  void tick(base::Time now);
  /// All leave. The rooms drain: nobody is told.
  void clear(base::Time now);

 private:
  struct Removed {
    std::string resume_key;
    absl::Status status;
    base::Time until{};
  };

  Rooms& rooms_;
  std::list<Absentee> all_;     // by Absentee::lost; rooms refer to each `who`
  std::list<Removed> removed_;  // by Removed::until; at most kMost
};

/// In a time that does not tell how much of it was right.
[[nodiscard]] bool same_resume_key(const std::string& one, const std::string& other);

}  // namespace comcat::server
