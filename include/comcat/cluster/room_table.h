#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/cluster/change.h"
#include "comcat/cluster/room_part.h"
#include "comcat/wire/cluster_convert.h"

namespace comcat::cluster {

/// Who is in one room, on whichever nodes. Each node owns its part and says it again and again, so
/// that whatever is lost on the way is made up for. From all parts follows the same on every node:
///
/// Once       somebody who is in two parts is where they moved to last (Resident::moves); the other
///            lets them go.
/// Names      of two who have a name and the same number beside it, the one who took it later takes
///            another number; its own node does that.
/// Loss       whom a node had that is gone is away for kGrace. So are those whom it says to be, as
///            long as it says so.
/// Leaving    who has gone, by the word of the node where they were, does not come again with the
///            same count of moves, whatever comes late.
///
/// Capacity   kMaxEnded who have gone; else what the nodes say.
/// Threads    one.
/// Time       the caller's.
class RoomTable {
 public:
  static constexpr std::chrono::milliseconds kGrace{30'000};  // as server::Absentees::kKept
  static constexpr std::chrono::seconds kQuiet{3};            // of a part, until it is asked for
  static constexpr std::chrono::seconds kUnsaid{15};          // and until it is believed no more
  static constexpr std::chrono::seconds kEndedKept{120};      // longer than anything comes late
  static constexpr std::chrono::seconds kGoneTold{10};
  static constexpr std::size_t kMaxEnded = 4096;

  RoomTable(std::string name, std::string key, wire::NodeNumber self)
      : name_(std::move(name)), key_(std::move(key)), self_(self) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& key() const { return key_; }

  // ---- this node's own part

  /// Somebody is here now, or what is known of them has changed.
  void put(wire::Resident resident, base::Time now);
  /// Somebody has gone from here. Harmless where they are not here.
  void remove(wire::SessionNumber session, wire::LeaveReason reason, const std::string& why,
              base::Time now);
  [[nodiscard]] const RoomPart& own() const { return own_; }
  /// Who has gone from here lately, the latest last; at most wire::kMaxGone.
  [[nodiscard]] std::vector<wire::Gone> own_gone(base::Time now);
  /// Whose entries here have changed since this was asked last.
  [[nodiscard]] std::set<wire::SessionNumber> take_own_changed() {
    return std::exchange(own_changed_, {});
  }
  [[nodiscard]] bool has_own_changed() const { return !own_changed_.empty(); }

  // ---- the others'

  void take(wire::NodeNumber from, const wire::RoomPart& part, base::Time now);
  void take(wire::NodeNumber from, const wire::RoomDelta& delta, base::Time now);
  /// Whom another knows to be away because their nodes are gone, as these are.
  void take_lost(const std::vector<wire::Lost>& lost, base::Time now);
  /// Whom this one knows so; at most wire::kMaxPageResidents.
  [[nodiscard]] std::vector<wire::Lost> lost(base::Time now) const;
  /// The node is gone.
  void lose(wire::NodeNumber node, base::Time now);
  /// Lets go who has been away for too long, and what is not said any more.
  void tick(base::Time now);

  // ---- all

  /// Null where they are not in the room.
  [[nodiscard]] const Person* find(wire::SessionNumber session) const;
  /// Where they are, or were when their node was lost; 0: nowhere.
  [[nodiscard]] wire::NodeNumber where(wire::SessionNumber session) const;
  /// Whether they have gone for good, with this count of moves or a higher one.
  [[nodiscard]] bool has_ended(wire::SessionNumber session, std::uint32_t moves) const;
  [[nodiscard]] std::vector<const Person*> named(const std::string& name_key) const;
  /// Who comes back by the key with this hash; null where nobody does.
  [[nodiscard]] const Person* with_key(const std::string& key_hash) const;
  [[nodiscard]] std::vector<const Person*> people() const;
  [[nodiscard]] std::size_t size() const { return shown_.size(); }
  /// The nodes, but this one, that have somebody here, or are lost and had.
  [[nodiscard]] std::vector<wire::NodeNumber> nodes() const;
  /// Whether `node` has said its part lately, be it that it has nobody.
  [[nodiscard]] bool has_part(wire::NodeNumber node) const { return parts_.contains(node); }
  /// The nodes that live and have somebody here, but have not said so for kQuiet.
  [[nodiscard]] std::vector<wire::NodeNumber> quiet(base::Time now) const;
  [[nodiscard]] bool is_lost(wire::NodeNumber node) const;
  /// Whether somebody is there, and so the node hears what is said in the room.
  [[nodiscard]] bool has_people_of(wire::NodeNumber node) const;
  /// Nobody is here, and of nobody anything is remembered that matters.
  [[nodiscard]] bool is_over() const { return shown_.empty() && parts_.empty(); }

  /// What has come of all that, in order; they are then forgotten.
  [[nodiscard]] std::vector<Change> take_changes() { return std::exchange(changes_, {}); }

 private:
  struct Shown {
    wire::NodeNumber node = 0;
    std::string name_key;
  };
  struct Ended {
    std::uint32_t moves = 0;
    wire::LeaveReason reason = wire::LeaveReason::kUnknown;
    std::string why;
    base::Time until{};
  };

  struct OwnGone {
    wire::Gone gone;
    base::Time until{};
  };

  [[nodiscard]] const RoomPart* part_of(wire::NodeNumber node) const;
  [[nodiscard]] const Person* person_at(wire::NodeNumber node, wire::SessionNumber session) const;
  /// The node whose entry of `session` counts; 0: none.
  [[nodiscard]] wire::NodeNumber choose(wire::SessionNumber session) const;
  /// Whoever it is has gone; false where that is known.
  bool end(const wire::Gone& gone, base::Time now);
  void apply(wire::NodeNumber from, RoomPart::Touches touches, const std::vector<wire::Gone>& gone,
             base::Time now);
  /// Says that somebody has gone whom another still has.
  void tell_ended(const wire::Resident& who, base::Time now);
  void tell_gone(const wire::Gone& gone, base::Time now);
  void update(const RoomPart::Touches& touches, base::Time now);
  void update(const RoomPart::Touch& touch);
  void show(wire::SessionNumber session, wire::NodeNumber node, const std::string& name_key);
  void hide(wire::SessionNumber session);
  void note(Change::Kind kind, const wire::Resident& who, wire::NodeNumber node);
  void note_end(Change::Kind kind, const wire::Resident& last, wire::NodeNumber node);
  void drop_own(const Person& own, wire::NodeNumber best);
  /// Has whoever of ours has another's name and number take another number.
  void settle(base::Time now);
  void renumber(const std::string& name_key);
  void drop_former_selves(const std::string& name_key, base::Time now);

  const std::string name_;
  const std::string key_;
  const wire::NodeNumber self_;
  RoomPart own_;
  std::set<wire::SessionNumber> own_changed_;
  std::deque<OwnGone> own_gone_;
  std::map<wire::NodeNumber, RoomPart> parts_;  // but our own
  std::map<wire::SessionNumber, Shown> shown_;
  std::multimap<std::string, wire::SessionNumber> by_name_;
  std::set<std::string> unsettled_;  // names of which something has changed
  std::map<wire::SessionNumber, Ended> ended_;
  std::vector<Change> changes_;
};

}  // namespace comcat::cluster
