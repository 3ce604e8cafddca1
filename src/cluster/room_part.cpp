#include "comcat/cluster/room_part.h"

#include <set>
#include <utility>

#include "comcat/base/unicode.h"
#include "comcat/cluster/session_number.h"

namespace comcat::cluster {
namespace {

/// Whether `from` may have somebody with this number: who began there, or has moved.
bool may_have(wire::NodeNumber from, const wire::Resident& resident) {
  return resident.moves > 0 || node_of(resident.member.session) == from;
}

}  // namespace

Person make_person(wire::Resident resident) {
  std::string key = base::comparison_key(resident.member.name);
  return {std::move(resident), std::move(key)};
}

const Person* RoomPart::find(wire::SessionNumber session) const {
  const auto found = people_.find(session);
  return found == people_.end() ? nullptr : &found->second;
}

void RoomPart::put(wire::Resident resident) {
  Person& person = people_[resident.member.session];
  if (person.resident.member.name != resident.member.name) {
    person.name_key = base::comparison_key(resident.member.name);
  }
  person.resident = std::move(resident);
}

RoomPart::Touches RoomPart::clear() {
  Touches touched;
  for (auto& [session, person] : people_) touched.push_back({session, std::move(person.resident)});
  people_.clear();
  return touched;
}

RoomPart::Touches RoomPart::set_away() {
  version_ = 0;
  assembly_ = {};
  Touches touched;
  for (auto& [session, person] : people_) {
    if (!std::exchange(person.resident.member.away, true)) touched.push_back({session, {}});
  }
  return touched;
}

RoomPart::Touches RoomPart::replace(const std::vector<wire::Resident>& residents,
                                    wire::NodeNumber from) {
  Touches touched;
  std::set<wire::SessionNumber> there;
  for (const wire::Resident& resident : residents) {
    if (!may_have(from, resident)) continue;
    there.insert(resident.member.session);
    const Person* const before = find(resident.member.session);
    if (before != nullptr && before->resident == resident) continue;
    touched.push_back({resident.member.session, {}});
    put(resident);
  }
  for (auto it = people_.begin(); it != people_.end();) {
    const bool stays = there.contains(it->first);
    if (!stays) touched.push_back({it->first, std::move(it->second.resident)});
    it = stays ? std::next(it) : people_.erase(it);
  }
  return touched;
}

RoomPart::Touches RoomPart::take(const wire::RoomPart& part, wire::NodeNumber from) {
  if (part.version <= version_) return {};
  if (part.pages == 1) {
    version_ = part.version;
    return replace(part.residents, from);
  }
  if (part.version < assembly_.version) return {};
  if (part.version > assembly_.version) assembly_ = {part.version, {}};
  assembly_.pages[part.page] = part.residents;
  if (assembly_.pages.size() < part.pages) return {};
  std::vector<wire::Resident> all;
  for (const auto& [page, residents] : std::exchange(assembly_, {}).pages) {
    all.insert(all.end(), residents.begin(), residents.end());
  }
  version_ = part.version;
  return replace(all, from);
}

RoomPart::Touches RoomPart::take(const wire::RoomDelta& delta, wire::NodeNumber from) {
  if (delta.base != version_ || version_ == 0) return {};
  version_ = delta.version;
  Touches touched;
  for (const wire::Gone& gone : delta.gone) {
    const auto found = people_.find(gone.session);
    if (found == people_.end() || found->second.resident.moves > gone.moves) continue;
    touched.push_back({gone.session, std::move(found->second.resident)});
    people_.erase(found);
  }
  for (const wire::Resident& resident : delta.changed) {
    if (!may_have(from, resident)) continue;
    touched.push_back({resident.member.session, {}});
    put(resident);
  }
  return touched;
}

}  // namespace comcat::cluster
