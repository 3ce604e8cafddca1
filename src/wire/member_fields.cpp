#include "member_fields.h"

#include <algorithm>

#include "comcat/base/text.h"

namespace comcat::wire {
namespace {

/// Reasons are cast to the proto's and back.
constexpr bool is(LeaveReason ours, ::Left::Reason of_proto) {
  return static_cast<int>(ours) == static_cast<int>(of_proto);
}
static_assert(is(LeaveReason::kUnknown, ::Left::UNKNOWN));
static_assert(is(LeaveReason::kStopped, ::Left::STOPPED));
static_assert(is(LeaveReason::kLost, ::Left::LOST));
static_assert(is(LeaveReason::kMoved, ::Left::MOVED));
static_assert(is(LeaveReason::kClosed, ::Left::CLOSED));
static_assert(is(LeaveReason::kRemoved, ::Left::REMOVED));
static_assert(::Left::Reason_ARRAYSIZE == static_cast<int>(LeaveReason::kRemoved) + 1,
              "a reason of the proto's is missing in LeaveReason");

About from(const ::About& about) {
  return {std::min<std::uint64_t>(about.since_ms(), kMaxTimeMs),
          base::safe_text(about.device(), kMaxMemberIdBytes), about.claimed(),
          base::safe_text(about.client(), kMaxClientBytes)};
}

}  // namespace

void fill(::Member& out, const Member& member) {
  out.set_session(member.session);
  out.set_id(member.id);
  out.set_name(member.name);
  out.set_muted(member.muted);
  out.set_deafened(member.deafened);
  out.set_original(member.original);
  out.set_host(member.host);
  out.set_muted_by_host(member.muted_by_host);
  out.set_recording(member.recording);
  out.set_away(member.away);
  out.set_twin(member.twin);
  ::About& about = *out.mutable_about();
  about.set_since_ms(member.about.since_ms);
  about.set_device(member.about.device);
  about.set_claimed(member.about.claimed);
  about.set_client(member.about.client);
}

Member member_from(const ::Member& member) {
  return {member.session(),
          base::safe_text(member.id(), kMaxMemberIdBytes),
          base::safe_text(member.name(), kMaxNameBytes, base::Joiners::kKept),
          member.muted(),
          member.deafened(),
          member.original(),
          member.host(),
          member.muted_by_host(),
          member.recording(),
          member.away(),
          member.twin(),
          from(member.about())};
}

::Left::Reason reason_of(LeaveReason reason) {
  return static_cast<::Left::Reason>(reason);
}

LeaveReason reason_from(::Left::Reason reason) {
  return ::Left::Reason_IsValid(reason) ? static_cast<LeaveReason>(reason) : LeaveReason::kUnknown;
}

}  // namespace comcat::wire
