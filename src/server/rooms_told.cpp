// What people, and other nodes, are told of rooms and who is in them.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/unicode.h"
#include "comcat/server/rooms.h"

#include "room_name.h"

namespace comcat::server {
namespace {

bool may_know(const Caller* caller, const Room& room) {
  return caller == nullptr || caller->who.host || caller->room == &room || !is_unlisted(room.key());
}

bool may_see_people(const Caller* caller, const Room& room) {
  return caller == nullptr || caller->who.host || caller->room == &room || !room.rules().passcode;
}

wire::RoomInfo info_of(const Room& room) {
  return {
      room.name(), static_cast<std::uint32_t>(room.size()), {}, room.rules().passcode.has_value()};
}

}  // namespace

std::vector<wire::RoundTrip> Room::round_trips() const {
  std::vector<wire::RoundTrip> out;
  if (people_.size() > kMostRoundTrips) return out;
  for (const auto& [who, listener] : people_) {
    const auto trip = listener->path == nullptr ? std::nullopt : listener->path->round_trip();
    if (!trip) continue;
    const auto ms = std::chrono::round<std::chrono::milliseconds>(*trip).count();
    out.push_back({who->number, static_cast<std::uint32_t>(ms)});
  }
  return out;
}

wire::RoomList Rooms::list(const Caller* caller) const {
  wire::RoomList list;
  for (const auto& [key, room] : rooms_) {
    if (may_know(caller, *room)) list.rooms.push_back(info_of(*room));
  }
  return list;
}

wire::RoomList Rooms::list_with_names(const Caller* caller) const {
  wire::RoomList list;
  std::size_t bytes = 0;
  for (const auto& [key, room] : rooms_) {
    if (!may_know(caller, *room)) continue;
    wire::RoomInfo& info = list.rooms.emplace_back(info_of(*room));
    if (!may_see_people(caller, *room)) continue;
    for (wire::Member& member : room->roster()) {
      bytes += member.name.size();
      if (bytes > kMaxListedNameBytes) break;
      info.names.push_back(std::move(member.name));
    }
  }
  return list;
}

std::vector<wire::RoomInfo> Rooms::list_here(const wire::RoomsAsked& asked) const {
  std::vector<wire::RoomInfo> out;
  std::size_t bytes = 0;
  for (const auto& [key, room] : rooms_) {
    if (room->size_here() == 0 || (!asked.hidden && is_unlisted(key))) continue;
    wire::RoomInfo& info = out.emplace_back(info_of(*room));
    info.members = static_cast<std::uint32_t>(room->size_here());
    if (!asked.names || (info.asks_passcode && !asked.all_names)) continue;
    for (wire::Member& member : room->roster()) {
      if (room->find_here(member.session) == nullptr) continue;
      bytes += member.name.size();
      if (bytes > kMaxListedNameBytes) break;
      info.names.push_back(std::move(member.name));
    }
  }
  return out;
}

wire::RoomList Rooms::list_with(const std::vector<wire::RoomInfo>& others, const Caller* caller,
                                bool with_names) const {
  const wire::RoomList here = with_names ? list_with_names(caller) : list(caller);
  std::map<std::string, wire::RoomInfo> all;  // by key
  std::size_t bytes = 0;
  for (const wire::RoomInfo& info : here.rooms) {
    for (const std::string& name : info.names) bytes += name.size();
    all.emplace(base::comparison_key(info.name), info);
  }
  for (const wire::RoomInfo& info : others) {
    const std::string key = base::comparison_key(info.name);
    const Room* const room = find(info.name);
    if (room != nullptr && room->size_here() > 0) continue;  // all who are there are known here
    if (caller != nullptr && !caller->who.host && is_unlisted(key)) continue;
    if (all.size() >= kMaxListed && !all.contains(key)) continue;
    wire::RoomInfo& whole = all.try_emplace(key, wire::RoomInfo{info.name}).first->second;
    whole.members += info.members;
    whole.asks_passcode |= info.asks_passcode;
    const bool may_see = caller == nullptr || caller->who.host || !whole.asks_passcode;
    for (const std::string& name : info.names) {
      bytes += name.size();
      if (may_see && bytes <= kMaxListedNameBytes) whole.names.push_back(name);
    }
  }
  wire::RoomList out;
  for (auto& [key, info] : all) out.rooms.push_back(std::move(info));
  return out;
}

absl::StatusOr<wire::Roster> Rooms::roster(const std::string& name, const Caller& caller) const {
  const Room* const room = find(name);
  if (room == nullptr) return absl::NotFoundError("there is no room " + name);
  if (may_see_people(&caller, *room)) return wire::Roster{room->name(), room->roster()};
  return absl::PermissionDeniedError(
      "who is in the room " + room->name() +
      " is for those who are there to see, as it asks for a passcode");
}

}  // namespace comcat::server
