#include "comcat/client/known_people.h"

#include <algorithm>

#include "comcat/base/unicode.h"

namespace comcat::client {
namespace {

bool same_name(const std::string& one, const std::string& other) {
  return base::comparison_key(one) == base::comparison_key(other);
}

bool is_same_device(const PersonMemory& person, const wire::Member& member) {
  return !person.device.empty() && person.device == member.about.device;
}

/// The same name, and nothing that says it is somebody else's now.
bool is_called(const PersonMemory& person, const wire::Member& member) {
  const bool may_be = person.device.empty() || member.about.device.empty() ||
                      member.about.claimed || is_same_device(person, member);
  return may_be && same_name(person.name, member.name);
}

}  // namespace

PersonMemory& KnownPeople::find_or_make(const std::string& name, const wire::Member* member) {
  const auto found = std::ranges::find_if(people_, [&](const PersonMemory& person) {
    return member != nullptr ? is_called(person, *member) : same_name(person.name, name);
  });
  if (found != people_.end()) return *found;
  if (people_.size() >= ServerMemory::kMaxPeople) people_.erase(people_.begin());
  const std::string device = member == nullptr ? "" : member->about.device;
  return people_.emplace_back(PersonMemory{member == nullptr ? name : member->name, device});
}

void KnownPeople::set_volume(const std::string& name, const wire::Member* member, int percent) {
  find_or_make(name, member).volume_percent = percent;
  forget_ordinary();
}

void KnownPeople::set_ignored(const std::string& name, const wire::Member* member, bool ignored) {
  find_or_make(name, member).ignored = ignored;
  for (PersonMemory& person : people_) {
    if (!ignored && member != nullptr && is_same_device(person, *member)) person.ignored = false;
  }
  forget_ordinary();
}

void KnownPeople::forget_ordinary() {
  std::erase_if(people_, [](const PersonMemory& person) {
    return person.volume_percent == 100 && !person.ignored;
  });
}

bool KnownPeople::is_ignored(const wire::Member& member) const {
  return std::ranges::any_of(people_, [&](const PersonMemory& person) {
    return person.ignored && (is_called(person, member) || is_same_device(person, member));
  });
}

bool KnownPeople::is_ignored(const std::string& name) const {
  return std::ranges::any_of(people_, [&](const PersonMemory& person) {
    return person.ignored && same_name(person.name, name);
  });
}

float KnownPeople::gain(const wire::Member& member) const {
  if (is_ignored(member)) return 0.0F;
  const auto found =
      std::ranges::find_if(people_, [&](const auto& person) { return is_called(person, member); });
  return found == people_.end() ? 1.0F : static_cast<float>(found->volume_percent) / 100.0F;
}

}  // namespace comcat::client
