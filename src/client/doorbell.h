#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "comcat/base/clock.h"

namespace comcat::client {

/// Wakes one thread that waits on the monotonic clock.
/// Threads: ring() from any; wait_until() from one.
class Doorbell {
 public:
  void ring() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      rung_ = true;
    }
    changed_.notify_one();
  }

  /// Returns once it was rung, at `until`, or when `stop` is requested.
  void wait_until(const std::stop_token& stop, base::Time until) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_until(lock, stop, until, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool rung_ = false;  // guarded by mutex_
};

}  // namespace comcat::client
