#pragma once

#include "comcat/base/clock.h"

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace comcat::testing {

/// Beats each `period` from its making on: for what is said in real time. A late beat makes no
/// other later. Threads: one.
class Metronome {
 public:
  explicit Metronome(base::Duration period) : period_(period), next_(base::steady_now()) {}

  /// Waits for the next beat, the first of which comes at once; when it was due.
  base::Time wait() {
    const base::Time due = next_;
    next_ += period_;
    const absl::Notification never;
    never.WaitForNotificationWithTimeout(absl::FromChrono(due - base::steady_now()));
    return due;
  }

 private:
  const base::Duration period_;
  base::Time next_;
};

}  // namespace comcat::testing
