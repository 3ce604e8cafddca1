#pragma once

#include <set>
#include <utility>

#include "comcat/base/clock.h"

namespace comcat::server {

class Room;

/// Which room is due next. Each room holds a place here for as long as it lives, and moves it where
/// its deadline has become another.
///
/// Cost       next() and first() nothing; a move log(rooms), and no allocation.
/// Threads    one: the rooms' shard.
class RoomDeadlines {
  using Places = std::set<std::pair<base::Time, Room*>>;

 public:
  static constexpr base::Time kNever = base::Time::max();

  /// Where a room stands among the others.
  class Place {
   public:
    Place(RoomDeadlines& all, Room& room);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

    void move(base::Time deadline);
    [[nodiscard]] base::Time deadline() const { return at_->first; }

   private:
    Places& places_;
    Places::iterator at_;
  };

  /// The earliest deadline; kNever where no room has one.
  [[nodiscard]] base::Time next() const {
    return places_.empty() ? kNever : places_.begin()->first;
  }
  /// The room whose deadline that is. Not where there are no rooms.
  [[nodiscard]] Room& first() const { return *places_.begin()->second; }

 private:
  Places places_;
};

}  // namespace comcat::server
