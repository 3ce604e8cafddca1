#pragma once

#include <cstddef>

#include "comcat/wire/messages.h"

#include "calling.pb.h"

/// People, and why they leave, to and from protobuf. Threads: any.
namespace comcat::wire {

inline constexpr std::size_t kMaxMemberIdBytes = 64;

void fill(::Member& out, const Member& member);
/// Every text in it is safe to print.
[[nodiscard]] Member member_from(const ::Member& member);

[[nodiscard]] ::Left::Reason reason_of(LeaveReason reason);
[[nodiscard]] LeaveReason reason_from(::Left::Reason reason);

}  // namespace comcat::wire
