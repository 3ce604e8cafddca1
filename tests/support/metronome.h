#pragma once

#include <chrono>

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

/// Asks each 20 ms whether `holds`, for at most `patience`; whether it did.
template <typename Holds>
[[nodiscard]] bool await(base::Duration patience, const Holds& holds) {
  Metronome metronome(std::chrono::milliseconds(20));
  for (const base::Time deadline = base::steady_now() + patience; !holds();) {
    if (metronome.wait() > deadline) return false;
  }
  return true;
}

}  // namespace comcat::testing
