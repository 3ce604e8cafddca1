#include "resident_fields.h"

#include "comcat/wire/cluster_convert.h"
#include "comcat/wire/limits.h"

#include "member_fields.h"

namespace comcat::wire {
namespace {

constexpr std::uint32_t kMaxTwin = 1000;

}  // namespace

void fill(::comcat_cluster::Resident& out, const Resident& resident) {
  fill(*out.mutable_member(), resident.member);
  out.set_named_ms(resident.named_ms);
  out.set_moves(resident.moves);
  out.set_key_hash(resident.key_hash);
}

Resident resident_from(const ::comcat_cluster::Resident& resident) {
  return {member_from(resident.member()), resident.named_ms(), resident.moves(),
          resident.key_hash()};
}

bool is_key_hash(std::string_view hash) {
  return hash.empty() || hash.size() == kKeyHashBytes;
}

std::string_view fault_of_name(std::string_view name) {
  const absl::StatusOr<std::string> normal = normal_name(name);
  return normal.ok() && *normal == name ? "" : "a name that nobody may have";
}

std::string_view fault_of(const Resident& resident) {
  if (resident.member.session == 0) return "somebody without a number";
  if (resident.member.twin > kMaxTwin) return "a number beside a name that is too large";
  if (resident.named_ms > kMaxTimeMs) return "a time that no calendar has";
  if (!is_key_hash(resident.key_hash)) return "a key that none is";
  return fault_of_name(resident.member.name);
}

}  // namespace comcat::wire
