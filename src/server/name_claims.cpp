#include "comcat/server/name_claims.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "comcat/base/unicode.h"

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
  return now - claim.used > NameClaims::kUnused;
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

NameClaims::NameClaims(NameClaimOptions options) : options_(std::move(options)) {
  for (const store::Claim& claim : options_.known) {
    held_.emplace(base::comparison_key(claim.name), Held{claim, {}, true});
  }
  options_.known.clear();
}

NameClaims::Held* NameClaims::find(const std::string& name_key, store::WallTime now) {
  const auto found = held_.find(name_key);
  if (found == held_.end() || is_over(found->second.claim, now)) return nullptr;
  return &found->second;
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
  if (now - held.claim.used >= kUseIsKeptEach) keep(held, now);
  return whose;
}

std::optional<absl::Status> NameClaims::claim(const std::string& name, const std::string& device,
                                              store::WallTime now, Kept later) {
  if (!options_.keep) return absl::FailedPreconditionError("this server keeps no claims");
  if (device.empty()) return no_key();
  const std::string name_key = base::comparison_key(name);
  Held* held = find(name_key, now);
  if (held != nullptr && !has_key(held->claim, device)) {
    return absl::AlreadyExistsError("the name " + name + " is held for somebody else");
  }
  if (held != nullptr && held->kept) return absl::OkStatus();
  if (held == nullptr) {
    forget_unused(now);
    if (absl::Status status = check_room_for(device); !status.ok()) return status;
    held = &held_[name_key];
    *held = {{name, {device}, now}, {}, false};
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
  if (held_.size() >= kMaxClaims) {
    return absl::ResourceExhaustedError("as many names are claimed as this server may hold");
  }
  return absl::OkStatus();
}

absl::Status NameClaims::claim_kept(const std::string& name_key, const std::string& device,
                                    const absl::Status& kept) {
  const auto found = held_.find(name_key);
  const bool is_theirs = found != held_.end() && has_key(found->second.claim, device);
  if (kept.ok()) {
    if (!is_theirs) return released_meanwhile();
    found->second.kept = true;
    return absl::OkStatus();
  }
  if (is_theirs && !found->second.kept) held_.erase(found);
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
    return absl::OkStatus();
  }
  if (held.code.text.empty()) held.code = code;
  return absl::FailedPreconditionError(
      "the device is not paired, as the server cannot keep that (" + std::string(kept.message()) +
      "); try again");
}

bool NameClaims::release(const std::string& name_key, store::WallTime now, Kept later) {
  const Held* const held = find(name_key, now);
  if (held == nullptr) return false;
  if (options_.lift) options_.lift(held->claim.name, std::move(later));
  held_.erase(name_key);
  return true;
}

void NameClaims::forget_unused(store::WallTime now) {
  std::erase_if(held_, [&](const auto& entry) {
    const bool over = is_over(entry.second.claim, now);
    if (over && options_.lift) options_.lift(entry.second.claim.name, {});
    return over;
  });
}

void NameClaims::keep(Held& held, store::WallTime now, Kept kept) const {
  held.claim.used = now;
  store::Claim whole = held.claim;
  whole.keys.insert(whole.keys.end(), held.joining.begin(), held.joining.end());
  if (options_.keep) options_.keep(whole, std::move(kept));
}

}  // namespace comcat::server
