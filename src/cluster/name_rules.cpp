#include "comcat/cluster/name_rules.h"

#include <algorithm>

#include "absl/status/status.h"

namespace comcat::cluster {
namespace {

bool is_place_taken(std::uint32_t place, const std::vector<const Person*>& others) {
  return std::ranges::any_of(others, [&](const Person* other) { return other->place() == place; });
}

std::vector<const Person*> without(const Person& person, std::vector<const Person*> all) {
  std::erase_if(all, [&](const Person* it) {
    return it->resident.member.session == person.resident.member.session ||
           is_former_self(*it, person);
  });
  return all;
}

std::uint32_t lowest_from(std::uint32_t place, const std::vector<const Person*>& others) {
  while (is_place_taken(place, others)) ++place;
  return place;
}

}  // namespace

bool is_former_self(const Person& away, const Person& person) {
  const wire::Member& before = away.resident.member;
  const wire::Member& now = person.resident.member;
  return before.away && !now.away && before.session != now.session &&
         !before.about.device.empty() && before.about.device == now.about.device &&
         away.name_key == person.name_key;
}

bool may_come_back(const Person& former, const Person& person) {
  const std::string& device = former.resident.member.about.device;
  return former.name_key == person.name_key &&
         (device.empty() || device == person.resident.member.about.device);
}

absl::StatusOr<std::uint32_t> free_place(const Person& person,
                                         const std::vector<const Person*>& namesakes) {
  const std::vector<const Person*> others = without(person, namesakes);
  const auto self = std::ranges::find_if(namesakes, [&](const Person* it) {
    return it->resident.member.session == person.resident.member.session;
  });
  if (self != namesakes.end() && !is_place_taken((*self)->place(), others)) {
    return (*self)->resident.member.twin;
  }
  if (others.empty()) return 0U;
  const bool are_twins = std::ranges::all_of(others, [&](const Person* other) {
    return person.resident.member.about.claimed && other->resident.member.about.claimed;
  });
  if (!are_twins || others.size() >= kMaxTwins) return absl::AlreadyExistsError("taken");
  const std::uint32_t place = lowest_from(1, others);
  return place == 1 ? 0U : place;
}

std::uint32_t next_place(const Person& person, const std::vector<const Person*>& namesakes) {
  return lowest_from(2, without(person, namesakes));
}

}  // namespace comcat::cluster
