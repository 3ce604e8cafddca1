#pragma once

#include <chrono>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::transport {

/// Whether each packet of voice is sent again with the next, as RFC 2198 has it: where some are
/// lost on the way up, and not because there is no room for them. Loss together with a round trip
/// that has grown is congestion, which more bytes would make worse.
///
/// Threads    one at a time. No clock: `now` is an argument.
class Repetition {
 public:
  static constexpr double kBegin = 0.02;  // of the datagrams of the last 3 s
  static constexpr double kEnd = 0.01;
  static constexpr std::chrono::seconds kGivenBackAfter{7};  // without more than kEnd lost
  static constexpr std::chrono::milliseconds kQueue{80};     // that a round trip may grow by
  static constexpr std::chrono::seconds kMemory{30};         // for the shortest round trip

  [[nodiscard]] bool wanted(double loss, std::optional<base::Duration> round_trip, base::Time now);

 private:
  [[nodiscard]] bool is_congested(std::optional<base::Duration> round_trip, base::Time now);

  bool repeats_ = false;
  base::Time lossy_at_{};  // last
  // The shortest of this stretch of kMemory, and of the one before.
  base::Duration shortest_ = base::Duration::max();
  base::Duration shortest_before_ = base::Duration::max();
  base::Time stretch_began_{};
};

}  // namespace comcat::transport
