#pragma once

#include <cstdint>

namespace comcat::server {

/// Where a Call stands. Its operations under way are beside this: each knows whether it is pending.
/// Threads: a plain value.
enum class CallPhase : std::uint8_t {
  kExpected,  // nobody has come yet
  kRefused,   // not admitted; the answer is held back until its time
  kOpen,      // admitted: a session of the hub, which reads and writes
  kClosing,   // the hub has said why it ends, or the caller says no more; what is queued is still
              // written, nothing is read
  kEnding,    // the status is with gRPC, or there is nobody to give one to; nothing begins any more
};

/// What may follow what. A call whose caller never comes stays kExpected to its end.
[[nodiscard]] constexpr bool may_follow(CallPhase from, CallPhase to) {
  switch (from) {
    case CallPhase::kExpected:
      return to == CallPhase::kRefused || to == CallPhase::kOpen;
    case CallPhase::kRefused:
      return to == CallPhase::kEnding;
    case CallPhase::kOpen:
      return to == CallPhase::kClosing || to == CallPhase::kEnding;
    case CallPhase::kClosing:
      return to == CallPhase::kEnding;
    case CallPhase::kEnding:
      return false;
  }
  return false;
}

}  // namespace comcat::server
