#include "comcat/server/name_claims.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "comcat/base/signing_key.h"
#include "comcat/base/unicode.h"
#include "comcat/cluster/record_rules.h"

namespace comcat::server {
namespace {

constexpr std::chrono::days kUseIsKeptEach{1};  // a file is not written for each who comes
constexpr std::size_t kCodeCharacters = 10;     // of 5 bits each
constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";  // none like another
static_assert(kAlphabet.size() == 32);

std::string make_code_text() {
  std::string code(kCodeCharacters, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(code.data());
  if (RAND_bytes(bytes, static_cast<int>(code.size())) != 1) std::abort();
  for (char& c : code) c = kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];
  return code;
}

bool has_key(const store::Claim& claim, const std::string& device) {
  return !device.empty() && std::ranges::find(claim.keys, device) != claim.keys.end();
}

bool is_over(const store::Claim& claim, store::WallTime now) {
  return now - (claim.keys.empty() ? claim.released : claim.used) > NameClaims::kUnused;
}

constexpr store::WallTime kOfOld{std::chrono::milliseconds(1)};  // before that was kept
constexpr std::chrono::milliseconds kLater{1};                   // than what is over

std::uint64_t number_of(store::WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

store::WallTime time_of(std::uint64_t ms) {
  return store::WallTime(std::chrono::milliseconds(ms));
}

wire::ClaimRecord record_of(const store::Claim& claim) {
  return {claim.name, claim.keys, number_of(claim.claimed), number_of(claim.used),
          number_of(claim.released)};
}

store::Claim claim_of(const wire::ClaimRecord& record) {
  return {record.name, record.keys, time_of(record.used_ms), time_of(record.claimed_ms),
          time_of(record.released_ms)};
}

/// In a time that does not tell how much of it was right.
bool same(const std::string& one, const std::string& other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

absl::Status no_key() {
  return absl::FailedPreconditionError(
      "your client has shown this server no device key, for which a name could be held");
}

absl::Status too_many_devices() {
  return absl::ResourceExhaustedError("the name is held for " +
                                      std::to_string(store::Claim::kMaxKeys) +
                                      " devices already, which is all it may have");
}

absl::Status released_meanwhile() {
  return absl::AbortedError("a host has released the name meanwhile");
}

}  // namespace

absl::Status held_for_somebody_else(const std::string& name) {
  return absl::AlreadyExistsError("the name " + name + " is held for somebody else");
}

NameClaims::NameClaims(NameClaimOptions options) : options_(std::move(options)) {
  for (const store::Claim& claim : options_.known) {
    const std::string key = base::comparison_key(claim.name);
    Held& held = held_.emplace(key, Held{claim, {}, true}).first->second;
    if (held.claim.claimed == store::WallTime{} && !held.claim.keys.empty()) {
      held.claim.claimed = kOfOld;
    }
    note(key, held);
  }
  options_.known.clear();
}

NameClaims::Held* NameClaims::find(const std::string& name_key, store::WallTime now) {
  const auto found = held_.find(name_key);
  if (found == held_.end() || found->second.claim.keys.empty()) return nullptr;
  return is_over(found->second.claim, now) ? nullptr : &found->second;
}

Holder NameClaims::holder(const std::string& name_key, const std::string& device,
                          store::WallTime now) {
  const Held* const held = find(name_key, now);
  if (held == nullptr) return Holder::kNobody;
  return has_key(held->claim, device) ? Holder::kThem : Holder::kOthers;
}

Holder NameClaims::enter(const std::string& name_key, const std::string& device,
                         store::WallTime now) {
  const Holder whose = holder(name_key, device, now);
  if (whose != Holder::kThem) return whose;
  Held& held = *find(name_key, now);
  if (now - held.claim.used < kUseIsKeptEach) return whose;
  keep(held, now);
  note(name_key, held);
  tell(held);
  return whose;
}

std::optional<absl::Status> NameClaims::claim(const std::string& name, const std::string& device,
                                              store::WallTime now, Kept later) {
  if (!options_.keep) return absl::FailedPreconditionError("this server keeps no claims");
  if (device.empty()) return no_key();
  const std::string name_key = base::comparison_key(name);
  Held* held = find(name_key, now);
  if (held != nullptr && !has_key(held->claim, device)) {
    return held_for_somebody_else(name);
  }
  if (held != nullptr && held->kept) return absl::OkStatus();
  if (held == nullptr) {
    forget_unused(now);
    if (absl::Status status = check_room_for(device); !status.ok()) return status;
    held = &held_[name_key];
    const store::WallTime released = std::max(held->claim.released, held->claim.claimed);
    const store::WallTime claimed = std::max(now, released + kLater);
    held->claim = {name, {device}, now, claimed, released};
    held->kept = false;
    held->learned = false;
    note(name_key, *held);
  }
  keep(*held, now,
       [this, name_key, device, later = std::move(later)](const absl::Status& kept, base::Time at) {
         later(claim_kept(name_key, device, kept), at);
       });
  return std::nullopt;
}

absl::Status NameClaims::check_room_for(const std::string& device) const {
  const auto of_device = std::ranges::count_if(
      held_, [&](const auto& entry) { return has_key(entry.second.claim, device); });
  if (static_cast<std::size_t>(of_device) >= kMaxOfKey) {
    return absl::ResourceExhaustedError("your device has claimed " + std::to_string(kMaxOfKey) +
                                        " names already, which is all it may have");
  }
  const auto all = std::ranges::count_if(
      held_, [](const auto& entry) { return !entry.second.claim.keys.empty(); });
  if (static_cast<std::size_t>(all) >= kMaxClaims) {
    return absl::ResourceExhaustedError("as many names are claimed as this server may hold");
  }
  return absl::OkStatus();
}

absl::Status NameClaims::claim_kept(const std::string& name_key, const std::string& device,
                                    const absl::Status& kept) {
  const auto found = held_.find(name_key);
  const bool is_theirs = found != held_.end() && has_key(found->second.claim, device);
  if (kept.ok()) {
    if (!is_theirs && found != held_.end() && found->second.learned) {
      return held_for_somebody_else(found->second.claim.name);
    }
    if (!is_theirs) return released_meanwhile();
    found->second.kept = true;
    note(name_key, found->second);
    return absl::OkStatus();
  }
  if (is_theirs && !found->second.kept) erase(name_key);
  return absl::UnavailableError("the name is not claimed, as the server cannot keep that (" +
                                std::string(kept.message()) + "); try again");
}

absl::StatusOr<std::string> NameClaims::make_code(const std::string& name_key,
                                                  const std::string& device, store::WallTime now,
                                                  base::Time steady_now) {
  if (device.empty()) return no_key();
  Held* const held = find(name_key, now);
  if (held == nullptr || !has_key(held->claim, device)) {
    return absl::FailedPreconditionError("your name is not claimed; claim it first");
  }
  if (held->claim.keys.size() >= store::Claim::kMaxKeys) return too_many_devices();
  held->code = {make_code_text(), steady_now + kCodeLasts};
  return held->code.text;
}

std::optional<absl::Status> NameClaims::pair(const std::string& code, const std::string& name_key,
                                             const std::string& device, store::WallTime now,
                                             base::Time steady_now, Kept later) {
  if (device.empty()) return no_key();
  Held* const held = find(name_key, now);
  if (held != nullptr && has_key(held->claim, device)) return absl::OkStatus();
  const bool fits = held != nullptr && !held->code.text.empty() && held->code.until > steady_now &&
                    same(held->code.text, code);
  if (!fits) {
    return absl::PermissionDeniedError(
        "the pairing code is wrong, has been used, is older than 10 minutes, or is for another "
        "name; try again with a new one");
  }
  if (held->claim.keys.size() + held->joining.size() >= store::Claim::kMaxKeys) {
    return too_many_devices();
  }
  held->joining.push_back(device);
  keep(*held, now,
       [this, name_key, device, used = std::exchange(held->code, {}), later = std::move(later)](
           const absl::Status& kept, base::Time at) {
         later(pair_kept(name_key, device, used, kept), at);
       });
  return std::nullopt;
}

absl::Status NameClaims::pair_kept(const std::string& name_key, const std::string& device,
                                   const Code& code, const absl::Status& kept) {
  const auto found = held_.find(name_key);
  if (found == held_.end() || std::erase(found->second.joining, device) == 0) {
    return released_meanwhile();
  }
  Held& held = found->second;
  if (kept.ok()) {
    held.claim.keys.push_back(device);
    note(name_key, held);
    tell(held);
    return absl::OkStatus();
  }
  if (held.code.text.empty()) held.code = code;
  return absl::FailedPreconditionError(
      "the device is not paired, as the server cannot keep that (" + std::string(kept.message()) +
      "); try again");
}

bool NameClaims::release(const std::string& name_key, store::WallTime now, Kept later) {
  Held* const held = find(name_key, now);
  if (held == nullptr) return false;
  if (!options_.shared) {
    if (options_.lift) options_.lift(held->claim.name, std::move(later));
    erase(name_key);
    return true;
  }
  held->claim = {held->claim.name, {}, {}, {}, std::max(now, held->claim.claimed)};
  held->code = {};
  held->joining.clear();
  held->kept = true;
  note(name_key, *held);
  tell(*held);
  if (options_.keep) options_.keep(held->claim, std::move(later));
  return true;
}

void NameClaims::forget_unused(store::WallTime now) {
  std::vector<std::string> over;
  for (const auto& [key, held] : held_) {
    if (is_over(held.claim, now)) over.push_back(key);
  }
  for (const std::string& key : over) {
    if (options_.lift) options_.lift(held_.at(key).claim.name, {});
    erase(key);
  }
}

// ---- over several nodes

bool NameClaims::learn(const wire::ClaimRecord& theirs, store::WallTime now) {
  const std::string key = base::comparison_key(theirs.name);
  const auto found = held_.find(key);
  const bool is_known = found != held_.end();
  if (is_over(claim_of(theirs), now) || (!is_known && held_.size() >= 2 * kMaxClaims)) return false;
  const wire::ClaimRecord ours = is_known ? record_of(found->second.claim) : theirs;
  const wire::ClaimRecord whole = cluster::merged(ours, theirs, store::Claim::kMaxKeys);
  if (is_known && cluster::content_of(whole) == cluster::content_of(ours)) return false;
  Held& held = held_[key];
  const bool is_same = whole.claimed_ms == ours.claimed_ms && !whole.keys.empty() &&
                       !ours.keys.empty() && whole.keys.front() == ours.keys.front();
  if (!is_same) {
    held.code = {};
    held.joining.clear();
  }
  held.claim = claim_of(whole);
  held.kept = true;
  held.learned = !whole.keys.empty();
  note(key, held);
  if (options_.keep) options_.keep(held.claim, {});
  return true;
}

std::optional<wire::ClaimRecord> NameClaims::record(const std::string& name_key) const {
  const auto found = held_.find(name_key);
  if (found == held_.end() || !found->second.kept) return std::nullopt;
  return record_of(found->second.claim);
}

std::vector<wire::ClaimRecord> NameClaims::records() const {
  std::vector<wire::ClaimRecord> out;
  for (const auto& [key, held] : held_) {
    if (held.kept) out.push_back(record_of(held.claim));
  }
  return out;
}

bool NameClaims::is_held_for(const std::string& name_key, const std::string& fingerprint,
                             store::WallTime now) {
  const Held* const held = find(name_key, now);
  return held != nullptr && std::ranges::any_of(held->claim.keys, [&](const std::string& key) {
           return base::key_fingerprint(key) == fingerprint;
         });
}

void NameClaims::note(const std::string& name_key, Held& held) {
  const std::string content = held.kept ? cluster::content_of(record_of(held.claim)) : "";
  if (!held.content.empty()) digest_.toggle(name_key, held.content);
  if (!content.empty()) digest_.toggle(name_key, content);
  held.content = content;
}

void NameClaims::erase(const std::string& name_key) {
  const auto found = held_.find(name_key);
  if (found == held_.end()) return;
  if (!found->second.content.empty()) digest_.toggle(name_key, found->second.content);
  held_.erase(found);
}

void NameClaims::tell(const Held& held) const {
  if (told_) told_(record_of(held.claim));
}

void NameClaims::keep(Held& held, store::WallTime now, Kept kept) const {
  held.claim.used = now;
  store::Claim whole = held.claim;
  whole.keys.insert(whole.keys.end(), held.joining.begin(), held.joining.end());
  if (options_.keep) options_.keep(whole, std::move(kept));
}

}  // namespace comcat::server
