#include "comcat/server/absentees.h"

#include <algorithm>
#include <utility>

#include <openssl/crypto.h>

#include "comcat/base/log.h"

namespace comcat::server {

using base::LogLevel;

bool same_resume_key(const std::string& one, const std::string& other) {
  return !one.empty() && one.size() == other.size() &&
         CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

void Absentees::keep(Caller& caller, base::Time now) {
  if (all_.size() >= kMost) remove(all_.front(), wire::LeaveReason::kLost, now);
  Absentee& kept = all_.emplace_back(
      Absentee{caller.who, caller.address, caller.resume_key, caller.room, caller.opened, now});
  rooms_.set_away(caller, kept.who);
  base::log(LogLevel::kInfo, "away", {{"name", kept.who.name}, {"session", kept.who.number}});
}

Absentee* Absentees::find(const std::string& resume_key) {
  const auto found = std::ranges::find_if(
      all_, [&](const Absentee& it) { return same_resume_key(it.resume_key, resume_key); });
  return found == all_.end() ? nullptr : &*found;
}

Absentee* Absentees::find(const std::string& room, const Caller& caller) {
  const std::string& device = caller.who.about.device;
  const auto found = std::ranges::find_if(all_, [&](const Absentee& it) {
    const bool known = !device.empty() && !it.who.about.device.empty();
    const bool is_them = known ? it.who.about.device == device : it.address == caller.address;
    return is_them && it.room->key() == room && it.who.name_key == caller.who.name_key;
  });
  return found == all_.end() ? nullptr : &*found;
}

void Absentees::give_place(Absentee& from, Caller& caller, base::Time now) {
  const bool was_said = std::exchange(from.who.away, false);
  const bool host = caller.who.host;
  const Share share = caller.who.share;
  const bool claimed = caller.who.about.claimed;  // which may have changed meanwhile
  const std::string key_hash = caller.who.key_hash;
  caller.who = from.who;
  caller.who.host = host;
  caller.who.share = share;
  caller.who.about.claimed = claimed;
  caller.who.key_hash = key_hash;
  caller.opened = from.opened;
  rooms_.come_back(from.who, *from.room, caller);
  if (was_said) caller.room->tell(wire::Back{caller.who.number}, &caller.who, now);
  caller.room->tell_elsewhere(wire::MemberChanged{caller.who.member()}, now);  // by another key
  base::log(LogLevel::kInfo, "back",
            {{"session", caller.who.number},
             {"name", caller.who.name},
             {"address", caller.address},
             {"seconds", std::chrono::floor<std::chrono::seconds>(now - from.lost).count()}});
  all_.remove_if([&](const Absentee& it) { return &it == &from; });
}

void Absentees::remove(Absentee& whom, wire::LeaveReason reason, base::Time now,
                       const std::string& why) {
  rooms_.leave_away(whom.who, *whom.room, reason, now, why);
  base::log(LogLevel::kInfo, "left",
            {{"session", whom.who.number},
             {"name", whom.who.name},
             {"reason", reason == wire::LeaveReason::kRemoved ? "removed" : "lost"},
             {"seconds", std::chrono::floor<std::chrono::seconds>(now - whom.opened).count()}});
  all_.remove_if([&](const Absentee& it) { return &it == &whom; });
}

void Absentees::let_move(Absentee& whom, Participant there, base::Time now) {
  rooms_.move_elsewhere(whom.who, *whom.room, std::move(there), now);
  all_.remove_if([&](const Absentee& it) { return &it == &whom; });
}

void Absentees::turn_away(Absentee& whom, const std::string& why, const absl::Status& status,
                          base::Time now) {
  if (removed_.size() >= kMost) removed_.pop_front();
  removed_.push_back({whom.resume_key, status, now + kKept});
  remove(whom, wire::LeaveReason::kRemoved, now, why);
}

absl::Status Absentees::check(const std::string& resume_key) const {
  const auto found = std::ranges::find_if(
      removed_, [&](const Removed& it) { return same_resume_key(it.resume_key, resume_key); });
  return found == removed_.end() ? absl::OkStatus() : found->status;
}

void Absentees::clear(base::Time now) {
  for (const Absentee& it : all_) {
    rooms_.leave_away(it.who, *it.room, wire::LeaveReason::kClosed, now, "");
  }
  all_.clear();
}

void Absentees::tick(base::Time now) {
  while (!removed_.empty() && removed_.front().until <= now) removed_.pop_front();
  while (!all_.empty() && now - all_.front().lost >= kKept) {
    remove(all_.front(), wire::LeaveReason::kLost, now);
  }
  for (Absentee& it : all_) {
    if (now - it.lost < kUnsaid) break;
    if (std::exchange(it.who.away, true)) continue;
    it.room->tell(wire::Away{it.who.number}, nullptr, now);
  }
}

}  // namespace comcat::server
