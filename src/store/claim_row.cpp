#include "comcat/store/claim_row.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "comcat/base/signing_key.h"
#include "comcat/wire/limits.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace comcat::store {
namespace {

constexpr std::size_t kDigits = 2 * base::kPublicKeyBytes;

bool is_time(std::int64_t ms) {
  return ms >= 0 && static_cast<std::uint64_t>(ms) <= wire::kMaxTimeMs;
}

WallTime time_of(std::int64_t ms) {
  return WallTime(std::chrono::milliseconds(ms));
}

}  // namespace

std::optional<Claim> decode(const ClaimRow& row) {
  const absl::StatusOr<std::string> name = wire::normal_name(row.name);
  if (!name.ok() || *name != row.name) return std::nullopt;
  if (!is_time(row.used_ms) || !is_time(row.claimed_ms) || !is_time(row.released_ms)) {
    return std::nullopt;
  }
  const bool whole =
      (!row.keys.empty() || row.released_ms > 0) && row.keys.size() % kDigits == 0 &&
      row.keys.size() / kDigits <= Claim::kMaxKeys &&
      std::ranges::all_of(row.keys, [](unsigned char c) { return absl::ascii_isxdigit(c); });
  if (!whole) return std::nullopt;
  Claim claim{*name, {}, time_of(row.used_ms), time_of(row.claimed_ms), time_of(row.released_ms)};
  for (std::size_t at = 0; at < row.keys.size(); at += kDigits) {
    claim.keys.push_back(absl::HexStringToBytes(std::string(row.keys.substr(at, kDigits))));
  }
  return claim;
}

std::string keys_of(const Claim& claim) {
  std::string out;
  for (const std::string& key : claim.keys) out += absl::BytesToHexString(key);
  return out;
}

}  // namespace comcat::store
