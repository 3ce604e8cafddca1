#include "comcat/cluster/reservations.h"

#include <algorithm>
#include <utility>

#include "comcat/cluster/name_rules.h"

#include "absl/status/status.h"

namespace comcat::cluster {
namespace {

int code(absl::StatusCode status) {
  return static_cast<int>(status);
}

}  // namespace

/// Whether somebody has come already by the key that brings `who`, or has gone for good since it
/// was given.
bool Reservations::is_spent(wire::NodeNumber from, const wire::Resident& who,
                            const RoomTable& table) const {
  const wire::SessionNumber session = who.member.session;
  if (table.has_ended(session, std::max(who.moves, 1U) - 1)) return true;
  const Person* const there = table.find(session);
  const bool is_elsewhere =
      there != nullptr && there->resident.moves >= who.moves && table.where(session) != from;
  return is_elsewhere || std::ranges::any_of(given_, [&](const Given& it) {
           const wire::Resident& other = it.who.resident;
           return it.to != from && other.member.session == session && other.moves >= who.moves;
         });
}

wire::NameAnswered Reservations::ask(wire::NodeNumber from, const wire::NameAsked& asked,
                                     const RoomTable& table, base::Time now) {
  tick(table, now);
  const wire::SessionNumber session = asked.who.member.session;
  for (const Given& it : given_) {
    if (it.to != from || it.id != asked.id || it.who.resident.member.session != session) continue;
    return {asked.id, 0, it.who.resident.member.twin, {}, {}, session};
  }
  // Who it is has been found out since.
  std::erase_if(given_, [&](const Given& it) { return it.to == from && it.id == asked.id; });
  if (is_spent(from, asked.who, table)) {
    return {asked.id, code(absl::StatusCode::kAborted), 0, {}, {}, session};
  }
  Person person = make_person(asked.who);
  std::vector<const Person*> namesakes = table.named(person.name_key);
  for (const Given& it : given_) {
    if (it.who.name_key == person.name_key) namesakes.push_back(&it.who);
  }
  const absl::StatusOr<std::uint32_t> place = free_place(person, namesakes);
  if (!place.ok()) return {asked.id, code(place.status().code()), 0, {}, {}, session};
  person.resident.member.twin = *place;
  given_.push_back({from, asked.id, std::move(person), now + kKept});
  return {asked.id, 0, *place, {}, {}, session};
}

const Person* Reservations::with_key(const std::string& key_hash) const {
  const auto found = std::ranges::find_if(
      given_, [&](const Given& it) { return it.who.resident.key_hash == key_hash; });
  return found == given_.end() ? nullptr : &found->who;
}

void Reservations::tick(const RoomTable& table, base::Time now) {
  std::erase_if(given_, [&](const Given& it) {
    const wire::Resident& who = it.who.resident;
    const Person* const there = table.find(who.member.session);
    return it.until <= now || (there != nullptr && there->resident.moves >= who.moves) ||
           table.has_ended(who.member.session, who.moves);
  });
}

}  // namespace comcat::cluster
