#include "comcat/server/rooms.h"

#include <utility>

#include "comcat/base/unicode.h"

namespace comcat::server {

const Room* Rooms::find(const std::string& name) const {
  const auto found = rooms_.find(base::comparison_key(name));
  return found == rooms_.end() ? nullptr : found->second.get();
}

Room& Rooms::find_or_make(const std::string& name) {
  const std::string key = base::comparison_key(name);
  if (const auto found = rooms_.find(key); found != rooms_.end()) return *found->second;
  auto room = std::make_unique<Room>(name, key, limits_.max_speakers, metrics_, load_, deadlines_);
  Room& made = *rooms_.emplace(key, std::move(room)).first->second;
  metrics_.rooms = rooms_.size();
  return made;
}

absl::Status Rooms::may_enter(const Participant& who, const std::string& name,
                              const Caller& leaving) const {
  const Room* const room = find(name);
  if (room == nullptr) {
    const bool vacates = leaving.room != nullptr && leaving.room->size() == 1;
    if (rooms_.size() - (vacates ? 1 : 0) < limits_.max_rooms) return absl::OkStatus();
    return absl::ResourceExhaustedError("the server has all the rooms it may have; join another");
  }
  if (!room->has_name(who.name_key, leaving.who)) return absl::OkStatus();
  return absl::AlreadyExistsError("somebody in the room " + room->name() + " goes by the name " +
                                  who.name + "; choose another room or another name");
}

absl::Status Rooms::enter(Caller& caller, const std::string& name, base::Time now) {
  if (absl::Status status = may_enter(caller.who, name, caller); !status.ok()) return status;
  Room& room = find_or_make(name);
  leave(caller, wire::LeaveReason::kMoved, now);
  caller.listener.texts = TextCourse::kLive;
  caller.listener.last_text = 0;
  room.tell(wire::Joined{caller.who.member()}, nullptr, now);
  room.add(caller.who, caller.listener);
  caller.room = &room;
  return absl::OkStatus();
}

void Rooms::leave(Caller& caller, wire::LeaveReason reason, base::Time now,
                  const std::string& why) {
  if (caller.room == nullptr) return;
  Room& room = *std::exchange(caller.room, nullptr);
  caller.listener.leave_room();
  room.remove(caller.who);
  if (room.size() == 0) {
    rooms_.erase(room.key());
    metrics_.rooms = rooms_.size();
  } else if (!draining_) {  // when all go, nobody needs to hear of each
    room.tell(wire::Left{caller.who.number, reason, why}, nullptr, now);
  }
}

Room* Rooms::find_by_key(const std::string& key) {
  const auto found = rooms_.find(key);
  return found == rooms_.end() ? nullptr : found->second.get();
}

wire::RoomList Rooms::list() const {
  wire::RoomList list;
  for (const auto& [key, room] : rooms_) {
    list.rooms.push_back({room->name(), static_cast<std::uint32_t>(room->size()), {}});
  }
  return list;
}

wire::RoomList Rooms::list_with_names() const {
  wire::RoomList list;
  std::size_t bytes = 0;
  for (const auto& [key, room] : rooms_) {
    wire::RoomInfo info{room->name(), static_cast<std::uint32_t>(room->size()), {}};
    for (wire::Member& member : room->roster()) {
      bytes += member.name.size();
      if (bytes > kMaxListedNameBytes) break;
      info.names.push_back(std::move(member.name));
    }
    list.rooms.push_back(std::move(info));
  }
  return list;
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
}

}  // namespace comcat::server
