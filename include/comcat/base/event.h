#pragma once

#include <condition_variable>
#include <mutex>

#include "comcat/base/clock.h"

namespace comcat::base {

/// Something that happens once, and may be waited for. Abseil's Notification, but that its timeouts
/// count on the wall clock: when that is set, they end early, or a day late.
/// Threads: any.
class Event {
 public:
  void set();
  [[nodiscard]] bool is_set() const;
  /// False where it has not happened within `patience` of the monotonic clock.
  bool wait_for(Duration patience) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace comcat::base
