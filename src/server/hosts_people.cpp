// Whom hosts mean, and how they are told of, muted and removed.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/unicode.h"
#include "comcat/server/hosts.h"

#include "host_words.h"

namespace comcat::server {

std::vector<Hosts::Person> Hosts::people() const {
  std::vector<Person> out;
  for (const auto& [number, caller] : callers_) {
    out.push_back({&caller->who, caller->address, caller->room, caller->opened, caller, nullptr});
  }
  for (Absentee& it : absentees_.all()) {
    out.push_back({&it.who, it.address, it.room, it.opened, nullptr, &it});
  }
  return out;
}

absl::StatusOr<Hosts::Person> Hosts::find(const Whom& whom, const By& by) const {
  const std::string name = base::comparison_key(whom.name);
  const std::string room = base::comparison_key(whom.room);
  std::vector<Person> found;
  for (const Person& person : people()) {
    if (person.room == nullptr) continue;
    if (by.target != 0 && person.who->number == by.target) return person;
    if (by.target != 0 || base::comparison_key(person.who->full_name()) != name) continue;
    if (!whom.room.empty() && person.room->key() != room) continue;
    if (whom.room.empty() && by.in_call && person.room->key() == by.room_key) return person;
    found.push_back(person);
  }
  if (found.empty()) return nobody_is_called(whom);
  if (found.size() > 1) {
    std::vector<std::string> rooms;
    for (const Person& person : found) rooms.push_back(person.room->name());
    return several_are_called(whom, rooms);
  }
  return found.front();
}

bool Hosts::is_surely_here(const Whom& whom, const By& by) const {
  const absl::StatusOr<Person> found = find(whom, by);
  return found.ok() && (!whom.room.empty() || (by.in_call && found->room->key() == by.room_key));
}

std::vector<wire::Located> Hosts::located(const wire::PeopleAsked& asked, base::Time now) const {
  const std::string name = base::comparison_key(asked.name);
  const std::string room = base::comparison_key(asked.room);
  std::vector<wire::Located> out;
  for (const Person& it : people()) {
    if (it.room == nullptr || (!room.empty() && it.room->key() != room)) continue;
    if (!name.empty() && base::comparison_key(it.who->full_name()) != name) continue;
    const bool is_away = it.caller == nullptr;
    out.push_back({it.room->name(), it.who->member(),
                   asked.lines ? described(*it.who, now - it.opened, it.address, is_away) : ""});
  }
  return out;
}

void Hosts::remove(const Person& person, const std::string& why, const std::string& told,
                   base::Time now) {
  const absl::Status status = absl::PermissionDeniedError(told + because(why));
  if (person.caller != nullptr) {
    remove_(*person.caller, why, status, now);
  } else {
    absentees_.turn_away(*person.absentee, why, status, now);
  }
}

std::size_t Hosts::remove_all(const std::function<bool(const Person&)>& whom,
                              const std::string& why, const std::string& told, base::Time now) {
  std::size_t removed = 0;
  for (const Person& person : people()) {
    if (!whom(person)) continue;
    remove(person, why, told, now);
    ++removed;
  }
  return removed;
}

HostFigures Hosts::figures() const {
  return {metrics_.clients,   metrics_.rooms,      metrics_.joins,
          metrics_.frames_in, metrics_.frames_out, bans_.count(wall_now())};
}

void Hosts::learn(const wire::BanRecord& ban, const std::string& node, base::Time now) {
  const BanList::Learned learned = bans_.learn(ban, wall_now());
  if (learned == BanList::Learned::kLifted) {
    base::log(base::LogLevel::kInfo, "unbanned", {{"whom", ban.address}, {"node", node}});
  }
  if (learned != BanList::Learned::kBanned) return;
  base::log(base::LogLevel::kInfo, "banned",
            {{"address", ban.address},
             {"whom", ban.name},
             {"by", ban.by},
             {"why", ban.because},
             {"node", node}});
  const auto is_meant = [&](const Person& person) {
    return person.address == ban.address || person.who->about.device == ban.address;
  };
  remove_all(is_meant, ban.because, "a host has banned you", now);
}

void Hosts::review_claims(const std::string& name_key, const std::string& node, base::Time now) {
  for (const Person& person : people()) {
    if (person.who->name_key != name_key || person.room == nullptr) continue;
    const bool claimed = claims_.is_held_for(name_key, person.who->about.device, wall_now());
    if (std::exchange(person.who->about.claimed, claimed) == claimed) continue;
    base::log(base::LogLevel::kInfo, claimed ? "claimed" : "claim_lost",
              {{"session", person.who->number}, {"name", person.who->name}, {"node", node}});
    person.room->tell(wire::MemberChanged{person.who->member()}, nullptr, now);
  }
}

std::size_t Hosts::close_room(const CloseRoom& close, const By& by, base::Time now) {
  const Room* const room = rooms_.find(close.room);
  if (room == nullptr || room->size_here() == 0) return 0;
  const std::string name = room->name();
  log("room_closed", by, name, close.because);
  return remove_all([&](const Person& person) { return person.room == room; }, close.because,
                    "a host has closed the room " + name, now);
}

void Hosts::log(std::string_view event, const By& by, const std::string& whom,
                const std::string& why) const {
  base::log(base::LogLevel::kInfo, event, {{"whom", whom}, {"by", by.name}, {"why", why}});
}

Hosts::By Hosts::by(const Caller& host) {
  return {host.who.name, true, host.room == nullptr ? "" : host.room->key(), host.address,
          host.who.about.device};
}

}  // namespace comcat::server
