#pragma once

#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"

namespace comcat::datagram {

/// Counts what arrives, and says when the peer is to be told: at once for the first voice after a
/// while, then each kGap while voice comes; each kCalmGap where that is enough, until one is
/// missing, and then for kWary no more. Other datagrams count and ask for nothing, so that reports
/// do not answer reports.
///
/// Threads    one at a time.
class ReceivedTally {
 public:
  static constexpr std::chrono::milliseconds kGap{200};
  static constexpr std::chrono::milliseconds kCalmGap{
      450};  // one is lost, and no second has passed
  static constexpr std::chrono::seconds kWary{3};

  /// A datagram, no replay, has arrived. `calm`: kCalmGap is enough, for all that others know.
  void add(std::uint64_t counter, bool voice, bool calm, base::Time now);

  /// What there is to tell.
  [[nodiscard]] const Report& report() const { return report_; }
  /// When it is due; base::Time::max() where nothing is.
  [[nodiscard]] base::Time due_at() const { return due_at_; }
  /// It has been told at `now`, in whatever it travels.
  void told(base::Time now);

 private:
  Report report_;
  base::Time due_at_ = base::Time::max();
  base::Time told_at_{};
  base::Time wary_until_{};
};

}  // namespace comcat::datagram
