#pragma once

#include <chrono>

#include "comcat/base/clock.h"

namespace comcat::datagram {

/// Whether each packet of voice is sent again with the next, as RFC 2198 has it: where some are
/// lost on the way up, and not because there is no room for them. Loss together with a queue that
/// has grown is congestion, which more bytes would make worse.
///
/// Threads    one at a time. No clock: `now` is an argument.
class Repetition {
 public:
  static constexpr double kBegin = 0.02;  // of the datagrams of the last 3 s
  static constexpr double kEnd = 0.01;
  static constexpr std::chrono::seconds kGivenBackAfter{7};  // without more than kEnd lost

  [[nodiscard]] bool wanted(double loss, bool congested, base::Time now);
  /// As wanted() saw it last: packets are lost, or were until lately.
  [[nodiscard]] bool lossy() const { return lossy_; }

 private:
  bool lossy_ = false;
  base::Time lossy_at_{};  // last
};

}  // namespace comcat::datagram
