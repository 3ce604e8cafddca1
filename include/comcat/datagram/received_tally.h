#pragma once

#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/datagram/control.h"

namespace comcat::datagram {

/// Counts what arrives, and says when the peer is to be told: at once for the first voice after a
/// while, then each kGap while voice comes. Other datagrams count and ask for nothing, so that
/// reports do not answer reports.
///
/// Threads    one at a time.
class ReceivedTally {
 public:
  static constexpr std::chrono::milliseconds kGap{200};

  /// A datagram, no replay, has arrived.
  void add(std::uint64_t counter, bool voice, base::Time now);

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
};

}  // namespace comcat::datagram
