#include "record_fields.h"

#include <algorithm>

#include "comcat/base/signing_key.h"
#include "comcat/base/text.h"
#include "comcat/wire/cluster_convert.h"
#include "comcat/wire/limits.h"

#include "errand_fields.h"
#include "resident_fields.h"

namespace comcat::wire {
namespace {

namespace proto = ::comcat_cluster;

constexpr std::string_view kNothing;
constexpr std::size_t kMaxBannedBytes = 64;  // an address, or a key's fingerprint
constexpr std::size_t kMaxClaimKeys = 16;
constexpr std::size_t kMaxCodeBytes = 64;

bool is_text(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && base::is_safe_text(text, base::Joiners::kKept);
}

void fill(proto::BanRecord& out, const BanRecord& it) {
  out.set_address(it.address);
  out.set_name(it.name);
  out.set_because(it.because);
  out.set_by(it.by);
  out.set_until_ms(it.until_ms);
  out.set_changed_ms(it.changed_ms);
  out.set_lifted(it.lifted);
  out.set_kept_ms(it.kept_ms);
}

void fill(proto::ClaimRecord& out, const ClaimRecord& it) {
  out.set_name(it.name);
  for (const std::string& key : it.keys) out.add_keys(key);
  out.set_claimed_ms(it.claimed_ms);
  out.set_used_ms(it.used_ms);
  out.set_released_ms(it.released_ms);
}

void fill(proto::MuteRecord& out, const MuteRecord& it) {
  out.set_device(it.device);
  out.set_changed_ms(it.changed_ms);
  out.set_muted(it.muted);
}

BanRecord from(const proto::BanRecord& in) {
  return {in.address(),  in.name(),       in.because(), in.by(),
          in.until_ms(), in.changed_ms(), in.lifted(),  in.kept_ms()};
}

ClaimRecord from(const proto::ClaimRecord& in) {
  return {in.name(),
          {in.keys().begin(), in.keys().end()},
          in.claimed_ms(),
          in.used_ms(),
          in.released_ms()};
}

std::string_view fault_of(const BanRecord& it) {
  if (it.address.empty() || !is_text(it.address, kMaxBannedBytes)) return "a ban of nobody";
  const bool good = is_text(it.name, kMaxNameBytes) && is_text(it.because, kMaxTextBytes) &&
                    is_text(it.by, kMaxNodeAddressBytes);
  if (!good) return "a ban for reasons that nobody may read";
  return std::max({it.until_ms, it.changed_ms, it.kept_ms}) <= kMaxTimeMs
             ? kNothing
             : "a time that no calendar has";
}

std::string_view fault_of(const ClaimRecord& it) {
  if (it.keys.size() > kMaxClaimKeys) return "a claim of more devices than may be";
  if (it.keys.empty() && it.released_ms == 0) return "a claim of nobody";
  const bool good = std::ranges::all_of(
      it.keys, [](const std::string& key) { return key.size() == base::kPublicKeyBytes; });
  if (!good) return "a key that none is";
  if (std::max({it.claimed_ms, it.used_ms, it.released_ms}) > kMaxTimeMs) {
    return "a time that no calendar has";
  }
  return fault_of_name(it.name);
}

std::string_view fault_of(const MuteRecord& it) {
  if (it.device.empty() || !is_text(it.device, kMaxBannedBytes)) return "a mute of nobody";
  return it.changed_ms <= kMaxTimeMs ? kNothing : "a time that no calendar has";
}

template <typename Record>
std::string_view fault_of_all(const std::vector<Record>& all) {
  for (const Record& it : all) {
    if (const std::string_view fault = fault_of(it); !fault.empty()) return fault;
  }
  return kNothing;
}

}  // namespace

// ---- out

void fill(proto::RecordsTold& out, const RecordsTold& it) {
  for (const BanRecord& ban : it.bans) fill(*out.add_bans(), ban);
  for (const ClaimRecord& claim : it.claims) fill(*out.add_claims(), claim);
  for (const MuteRecord& mute : it.mutes) fill(*out.add_mutes(), mute);
}

void fill(proto::RecordsAsked& out, const RecordsAsked& it) {
  for (const std::uint64_t digest : it.bans) out.add_bans(digest);
  for (const std::uint64_t digest : it.claims) out.add_claims(digest);
  for (const std::uint64_t digest : it.mutes) out.add_mutes(digest);
}

void fill(proto::ClaimAsked& out, const ClaimAsked& it) {
  out.set_id(it.id);
  fill(*out.mutable_claim(), it.claim);
}

void fill(proto::PairAsked& out, const PairAsked& it) {
  out.set_id(it.id);
  out.set_code(it.code);
  out.set_name(it.name);
  out.set_key(it.key);
}

void fill(proto::ClaimAnswered& out, const ClaimAnswered& it) {
  out.set_id(it.id);
  out.set_status(static_cast<std::uint32_t>(it.status));
  out.set_text(it.text);
  if (!it.claim.name.empty()) fill(*out.mutable_claim(), it.claim);
}

// ---- in

RecordsTold from(const proto::RecordsTold& in) {
  RecordsTold out;
  for (const proto::BanRecord& ban : in.bans()) out.bans.push_back(from(ban));
  for (const proto::ClaimRecord& claim : in.claims()) out.claims.push_back(from(claim));
  for (const proto::MuteRecord& it : in.mutes()) {
    out.mutes.push_back({it.device(), it.changed_ms(), it.muted()});
  }
  return out;
}

RecordsAsked from(const proto::RecordsAsked& in) {
  return {{in.bans().begin(), in.bans().end()},
          {in.claims().begin(), in.claims().end()},
          {in.mutes().begin(), in.mutes().end()}};
}

ClaimAsked from(const proto::ClaimAsked& in) {
  return {in.id(), from(in.claim())};
}

PairAsked from(const proto::PairAsked& in) {
  return {in.id(), in.code(), in.name(), in.key()};
}

ClaimAnswered from(const proto::ClaimAnswered& in) {
  return {in.id(), static_cast<int>(in.status()), in.text(),
          in.has_claim() ? from(in.claim()) : ClaimRecord{}};
}

// ---- what is wrong

std::string_view fault_of(const RecordsTold& it) {
  if (it.bans.size() + it.claims.size() + it.mutes.size() > kMaxPageRecords) {
    return "more records than one page has";
  }
  std::string_view fault = fault_of_all(it.bans);
  if (fault.empty()) fault = fault_of_all(it.claims);
  return fault.empty() ? fault_of_all(it.mutes) : fault;
}

std::string_view fault_of(const RecordsAsked& it) {
  const bool good = it.bans.size() == kRecordBuckets && it.claims.size() == kRecordBuckets &&
                    (it.mutes.empty() || it.mutes.size() == kRecordBuckets);
  return good ? kNothing : "digests of other buckets than there are";
}

std::string_view fault_of(const ClaimAsked& it) {
  return fault_of(it.claim);
}

std::string_view fault_of(const PairAsked& it) {
  if (!is_text(it.code, kMaxCodeBytes)) return "a code that none is";
  if (it.key.size() != base::kPublicKeyBytes) return "a key that none is";
  return fault_of_name(it.name);
}

std::string_view fault_of(const ClaimAnswered& it) {
  if (it.status < 0 || it.status > kMaxStatus) return "an answer of no kind";
  if (!is_text(it.text, kMaxAnswerBytes)) return "an answer that nobody may read";
  return it.claim.name.empty() ? kNothing : fault_of(it.claim);
}

}  // namespace comcat::wire
