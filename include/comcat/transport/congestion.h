#pragma once

#include <chrono>

#include "comcat/base/clock.h"

namespace comcat::transport {

/// How long what is sent waits in a queue on the way: by how much a round trip has grown above the
/// shortest of the last kMemory or two. A queue on the way back looks the same.
///
/// Threads    one at a time. No clock: `now` is an argument.
class Congestion {
 public:
  static constexpr std::chrono::milliseconds kQueue{80};  // what a round trip varies by at most
  static constexpr std::chrono::seconds kMemory{30};      // then the route may be another
  static constexpr std::chrono::seconds kLately{1};       // afterwards a sample says nothing

  void note(base::Duration round_trip, base::Time now);

  /// Zero where nothing was noted lately.
  [[nodiscard]] base::Duration queue(base::Time now) const;
  [[nodiscard]] bool is_there(base::Time now) const { return queue(now) > kQueue; }

 private:
  base::Duration queue_{};
  base::Time noted_at_{};
  // The shortest of this stretch of kMemory, and of the one before.
  base::Duration shortest_ = base::Duration::max();
  base::Duration shortest_before_ = base::Duration::max();
  base::Time stretch_began_{};
};

}  // namespace comcat::transport
