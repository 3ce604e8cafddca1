#include "comcat/server/ban_list.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <arpa/inet.h>

#include "comcat/cluster/record_rules.h"
#include "comcat/server/admission_address.h"

namespace comcat::server {
namespace {

/// base::key_fingerprint()'s form.
bool is_key_fingerprint(std::string_view text) {
  constexpr std::string_view kPrefix = "key:";
  constexpr std::size_t kDigits = 16;
  return text.starts_with(kPrefix) && text.size() == kPrefix.size() + kDigits &&
         text.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

constexpr std::chrono::milliseconds kLater{1};  // than what it takes the place of

bool holds(const store::Ban& ban, store::WallTime now) {
  return !ban.lifted && (!ban.until || *ban.until > now);
}

/// Nothing is for ever.
std::optional<store::WallTime> later(const std::optional<store::WallTime>& one,
                                     const std::optional<store::WallTime>& other) {
  if (!one || !other) return std::nullopt;
  return std::max(*one, *other);
}

std::uint64_t number_of(const std::optional<store::WallTime>& time) {
  return time ? static_cast<std::uint64_t>(time->time_since_epoch().count()) : 0;
}

std::optional<store::WallTime> time_of(std::uint64_t ms) {
  if (ms == 0) return std::nullopt;
  return store::WallTime(std::chrono::milliseconds(ms));
}

wire::BanRecord record_of(const store::Ban& ban) {
  return {ban.address,          ban.name,
          ban.because,          ban.by,
          number_of(ban.until), number_of(ban.changed),
          ban.lifted,           number_of(ban.kept)};
}

store::Ban ban_of(const wire::BanRecord& record) {
  store::Ban ban{record.address, record.name, record.because, record.by, time_of(record.until_ms)};
  ban.changed = store::WallTime(std::chrono::milliseconds(record.changed_ms));
  ban.lifted = record.lifted;
  ban.kept = time_of(record.kept_ms);
  return ban;
}

}  // namespace

std::optional<std::string> normal_address(std::string_view typed) {
  std::string text(typed);
  if (is_key_fingerprint(text)) return text;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return text;
  if (text.ends_with("/64")) text.resize(text.size() - 3);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return admission_address("ipv6:[" + text + "]:0");
}

BanList::BanList(const std::vector<store::Ban>& known, Keeper keeper, bool shared)
    : keeper_(std::move(keeper)), shared_(shared) {
  for (const store::Ban& ban : known) set(ban);
}

const store::Ban* BanList::find(const std::string& address, store::WallTime now) {
  const auto found = bans_.find(address);
  if (found == bans_.end() || !holds(found->second, now)) return nullptr;
  return &found->second;
}

absl::Status BanList::check_room_for(const std::vector<store::Ban>& bans, store::WallTime now) {
  forget_over(now);
  const auto more = static_cast<std::size_t>(std::ranges::count_if(
      bans, [&](const store::Ban& ban) { return find(ban.address, now) == nullptr; }));
  if (count(now) + more <= kMaxBans) return absl::OkStatus();
  return absl::ResourceExhaustedError("there are as many bans as there may be; lift some");
}

bool BanList::put(const std::vector<store::Ban>& bans, Kept kept) {
  std::vector<store::Ban> whole;
  for (store::Ban ban : bans) {
    ban.kept = ban.until;
    if (const auto before = bans_.find(ban.address); before != bans_.end()) {
      ban.changed = std::max(ban.changed, before->second.changed + kLater);
      ban.kept = later(ban.kept, before->second.kept);
    }
    set(ban);
    if (told_) told_(record_of(ban));
    whole.push_back(std::move(ban));
  }
  if (keeper_.keep) keeper_.keep(std::move(whole), std::move(kept));
  return keeper_.keep != nullptr;
}

bool BanList::lift(const std::string& address, store::WallTime now, Kept kept) {
  const auto found = bans_.find(address);
  if (!shared_ || found == bans_.end()) {
    erase(address);
    if (keeper_.lift) keeper_.lift(address, std::move(kept));
    return keeper_.lift != nullptr;
  }
  store::Ban lifted{address, "", "", "", {}};
  lifted.changed = std::max(now, found->second.changed + kLater);
  lifted.lifted = true;
  lifted.kept = found->second.kept;
  set(lifted);
  if (told_) told_(record_of(lifted));
  drop_oldest_lifted();
  if (keeper_.keep) keeper_.keep({lifted}, std::move(kept));
  return keeper_.keep != nullptr;
}

std::vector<store::Ban> BanList::all(store::WallTime now) {
  forget_over(now);
  std::vector<store::Ban> out;
  for (const auto& [address, ban] : bans_) {
    if (holds(ban, now)) out.push_back(ban);
  }
  return out;
}

std::size_t BanList::count(store::WallTime now) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(bans_, [&](const auto& entry) { return holds(entry.second, now); }));
}

// ---- over several nodes

BanList::Learned BanList::learn(const wire::BanRecord& theirs, store::WallTime now) {
  const auto found = bans_.find(theirs.address);
  const bool is_known = found != bans_.end();
  const bool held = is_known && holds(found->second, now);
  if (is_forgotten(ban_of(theirs), now)) return Learned::kNothing;
  if (!is_known && bans_.size() >= 2 * kMaxBans) return Learned::kNothing;
  const wire::BanRecord merged =
      is_known ? cluster::merged(record_of(found->second), theirs) : theirs;
  if (is_known && merged == record_of(found->second)) return Learned::kNothing;
  const store::Ban ban = ban_of(merged);
  set(ban);
  if (keeper_.keep) keeper_.keep({ban}, {});
  if (holds(ban, now)) return held ? Learned::kChanged : Learned::kBanned;
  return held ? Learned::kLifted : Learned::kChanged;
}

std::vector<wire::BanRecord> BanList::records() const {
  std::vector<wire::BanRecord> out;
  for (const auto& [address, ban] : bans_) out.push_back(record_of(ban));
  return out;
}

void BanList::set(store::Ban ban) {
  const auto found = bans_.find(ban.address);
  if (found != bans_.end()) {
    digest_.toggle(ban.address, cluster::content_of(record_of(found->second)));
  }
  digest_.toggle(ban.address, cluster::content_of(record_of(ban)));
  const std::string address = ban.address;
  bans_.insert_or_assign(address, std::move(ban));
}

void BanList::erase(const std::string& address) {
  const auto found = bans_.find(address);
  if (found == bans_.end()) return;
  digest_.toggle(address, cluster::content_of(record_of(found->second)));
  bans_.erase(found);
}

void BanList::drop_oldest_lifted() {
  if (bans_.size() <= 2 * kMaxBans) return;
  auto oldest = bans_.end();
  for (auto it = bans_.begin(); it != bans_.end(); ++it) {
    if (!it->second.lifted) continue;
    if (oldest == bans_.end() || it->second.changed < oldest->second.changed) oldest = it;
  }
  if (oldest == bans_.end()) return;
  const std::string address = oldest->first;
  erase(address);
  if (keeper_.lift) keeper_.lift(address, {});
}

bool BanList::is_forgotten(const store::Ban& ban, store::WallTime now) const {
  if (shared_) return ban.kept && *ban.kept <= now;
  return !holds(ban, now);
}

void BanList::forget_over(store::WallTime now) {
  std::vector<std::string> over;
  for (const auto& [address, ban] : bans_) {
    if (is_forgotten(ban, now)) over.push_back(address);
  }
  for (const std::string& address : over) {
    erase(address);
    if (keeper_.lift) keeper_.lift(address, {});
  }
}

}  // namespace comcat::server
