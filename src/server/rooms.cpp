#include "comcat/server/rooms.h"

#include <algorithm>
#include <utility>

#include "comcat/base/unicode.h"

#include "caller_names.h"
#include "room_name.h"

namespace comcat::server {

const Room* Rooms::find(const std::string& name) const {
  const auto found = rooms_.find(base::comparison_key(name));
  return found == rooms_.end() ? nullptr : found->second.get();
}

Room& Rooms::find_or_make(const std::string& name) {
  const std::string key = base::comparison_key(name);
  if (const auto found = rooms_.find(key); found != rooms_.end()) return *found->second;
  auto room = std::make_unique<Room>(name, key, limits_.max_speakers, metrics_, load_, deadlines_,
                                     elsewhere_);
  return *rooms_.emplace(key, std::move(room)).first->second;
}

void Rooms::declare(const std::vector<LastingRoom>& rooms, base::Time now) {
  for (const auto& [key, room] : rooms_) room->set_rules({});
  for (const LastingRoom& room : rooms) find_or_make(room.name).set_rules(room.rules);
  for (const auto& [key, room] : rooms_) note_size(*room, now);
}

std::string Rooms::new_name() const {
  std::string name = make_room_name();
  while (rooms_.contains(name)) name = make_room_name();  // it is its own key
  return name;
}

void Rooms::note_size(Room& room, base::Time now) {
  const std::optional<base::Time> before = room.ends_at();
  std::optional<base::Time> ends_at;
  if (room.size_here() == 0) ends_at = room.rules().lasts ? RoomDeadlines::kNever : now + kKept;
  if (before && ends_at && *before < *ends_at && !room.rules().lasts) return;  // it ends already
  if (before) empty_.erase({*before, &room});
  if (ends_at) empty_.emplace(*ends_at, &room);
  room.end_at(ends_at);
  metrics_.rooms = rooms_.size() - empty_.size();
}

void Rooms::end(Room& room) {
  empty_.erase({*room.ends_at(), &room});
  rooms_.erase(std::string(room.key()));
}

void Rooms::make_space() {
  while (rooms_.size() > limits_.max_rooms && !empty_.empty() &&
         empty_.begin()->first != RoomDeadlines::kNever) {
    end(*empty_.begin()->second);
  }
}

absl::Status Rooms::check_passcode(const Caller& caller, const std::string& name,
                                   const std::string& passcode, base::Time now) const {
  const Room* const room = find(name);
  if (room == nullptr || !room->rules().passcode) return absl::OkStatus();
  const Passcode& right = *room->rules().passcode;
  if (limits_.door) return limits_.door(caller.address, right, passcode, room->name(), now);
  return right.matches(passcode)
             ? absl::OkStatus()
             : absl::UnauthenticatedError("the passcode of the room " + room->name() + " is wrong");
}

absl::Status Rooms::may_enter(const Participant& who, const std::string& name,
                              const Participant& leaving, const Room* left) const {
  const Room* const room = find(name);
  if (room == nullptr || room->size() == 0) {
    const bool vacates = left != nullptr && left->size_here() == 1;
    if (rooms_.size() - empty_.size() - (vacates ? 1 : 0) < limits_.max_rooms) {
      return absl::OkStatus();
    }
    return absl::ResourceExhaustedError("the server has all the rooms it may have; join another");
  }
  const std::size_t others = room->size() - (left == room ? 1 : 0);
  if (room->rules().most_people > 0 && others >= room->rules().most_people) {
    return absl::ResourceExhaustedError("the room " + room->name() + " is full: all " +
                                        std::to_string(room->rules().most_people) +
                                        " places are taken; try again later");
  }
  if (!room->is_taken(who, leaving)) return absl::OkStatus();
  return name_is_taken(room->name(), who.name);
}

absl::Status Rooms::enter(Caller& caller, const std::string& name, base::Time now,
                          std::uint32_t least_twin) {
  if (absl::Status status = may_enter(caller.who, name, caller.who, caller.room); !status.ok())
    return status;
  Room& room = find_or_make(name);
  leave(caller, wire::LeaveReason::kMoved, now);
  caller.listener.texts = TextCourse::kLive;
  caller.listener.last_text = 0;
  caller.who.twin = std::max(least_twin, room.free_twin(caller.who));
  ++caller.who.entries;
  room.add(caller.who, caller.listener);
  caller.room = &room;
  room.tell(wire::Joined{caller.who.member()}, &caller.who, now);
  note_size(room, now);
  make_space();
  return absl::OkStatus();
}

void Rooms::leave(Caller& caller, wire::LeaveReason reason, base::Time now,
                  const std::string& why) {
  if (caller.room == nullptr) return;
  Room& room = *std::exchange(caller.room, nullptr);
  caller.listener.leave_room();
  room.remove(caller.who);
  note_size(room, now);
  say_left(room, {caller.who.number, reason, why}, now);
}

void Rooms::set_away(Caller& caller, const Participant& kept) {
  Room& room = *std::exchange(caller.room, nullptr);
  caller.listener.leave_room();
  room.set_away(caller.who, kept);
}

void Rooms::come_back(const Participant& kept, Room& room, Caller& caller) {
  room.remove_away(kept);
  caller.listener.texts = TextCourse::kLive;
  caller.listener.last_text = 0;
  room.add(caller.who, caller.listener);
  caller.room = &room;
}

void Rooms::take_over(Caller& caller, const std::string& name, base::Time now) {
  Room& room = find_or_make(name);
  caller.listener.texts = TextCourse::kLive;
  caller.listener.last_text = 0;
  caller.room = &room;
  room.take_over(caller.who, caller.listener, now);
  note_size(room, now);
  make_space();
}

void Rooms::move_elsewhere(const Participant& who, Room& room, Participant there, base::Time now) {
  room.move_elsewhere(who, std::move(there), now);
  note_size(room, now);
}

void Rooms::leave_away(const Participant& kept, Room& room, wire::LeaveReason reason,
                       base::Time now, const std::string& why) {
  room.remove_away(kept);
  note_size(room, now);
  say_left(room, {kept.number, reason, why}, now);
}

void Rooms::say_left(Room& room, const wire::Left& left, base::Time now) const {
  if (draining_ || room.size_here() == 0) {  // when all go, nobody needs to hear of each
    room.tell_elsewhere(left, now);
  } else {
    room.tell(left, nullptr, now);
  }
}

Room* Rooms::find_by_key(const std::string& key) {
  const auto found = rooms_.find(key);
  return found == rooms_.end() ? nullptr : found->second.get();
}

void Rooms::drain(std::chrono::milliseconds grace) {
  draining_ = true;
  const auto grace_ms = static_cast<std::uint32_t>(grace.count());
  deliver(wire::Draining{grace_ms});
}

void Rooms::deliver(const wire::Event& event) const {
  for (const auto& [key, room] : rooms_) room->deliver(event);
}

void Rooms::catch_up() {
  for (const auto& [key, room] : rooms_) room->catch_up();
}

void Rooms::tick(base::Time now) {
  while (deadlines_.next() <= now) deadlines_.first().tick(now);
  while (!empty_.empty() && empty_.begin()->first <= now) end(*empty_.begin()->second);
}

base::Time Rooms::next_deadline() const {
  const base::Time end = empty_.empty() ? RoomDeadlines::kNever : empty_.begin()->first;
  return std::min(end, deadlines_.next());
}

}  // namespace comcat::server
