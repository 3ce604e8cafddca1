#pragma once

#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"
#include "comcat/datagram/send_times.h"

namespace comcat::datagram {

/// How long what is sent waits in a queue on the way: by how much a round trip has grown above the
/// shortest of the last kMemory or two. A report is the end of one: what it says to be the newest
/// that has arrived did so within a frame before. A queue on the way back looks the same.
///
/// Threads    one at a time. No clock: `now` is an argument.
class Congestion {
 public:
  static constexpr std::chrono::milliseconds kQueue{80};  // what a round trip varies by at most
  static constexpr std::chrono::seconds kMemory{30};      // then the route may be another
  static constexpr std::chrono::seconds kLately{1};       // afterwards a sample says nothing

  /// A datagram has left, of any type.
  void sent(std::uint64_t counter, base::Time now) { sent_.note(counter, now); }
  /// The peer says what has arrived.
  void told(const Report& report, base::Time now);
  /// A round trip of `round_trip` has ended.
  void note(base::Duration round_trip, base::Time now);

  /// Zero where nothing was noted lately.
  [[nodiscard]] base::Duration queue(base::Time now) const;
  [[nodiscard]] bool is_there(base::Time now) const { return queue(now) > kQueue; }

 private:
  SendTimes sent_;
  base::Duration queue_{};
  base::Time noted_at_{};
  // The shortest of this stretch of kMemory, and of the one before.
  base::Duration shortest_ = base::Duration::max();
  base::Duration shortest_before_ = base::Duration::max();
  base::Time stretch_began_{};
};

}  // namespace comcat::datagram
