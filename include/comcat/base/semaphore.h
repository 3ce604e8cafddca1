#pragma once

#include <chrono>

#include <semaphore.h>

#include "comcat/base/realtime.h"

namespace comcat::base {

/// Wakes a thread that waits for something to do, from one that must never wait itself. What was
/// posted while nobody waited ends the next wait at once.
///
/// Threads    post() from any, a sound card's as well; wait() from one.
/// Memory     may lie in memory that processes share; then `kShared`.
class Semaphore {
 public:
  enum class Reach { kProcess, kShared };

  explicit Semaphore(Reach reach = Reach::kProcess) {
    sem_init(&posted_, reach == Reach::kShared ? 1 : 0, 0);
  }
  ~Semaphore() { sem_destroy(&posted_); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  void post() COMCAT_REALTIME { sem_post(&posted_); }
  /// Waits for post() for at most `patience` of the monotonic clock, and takes all that were
  /// posted; false where none was.
  bool wait(std::chrono::nanoseconds patience);
  /// Takes all that were posted, without waiting. From the thread that waits.
  void clear();

 private:
  sem_t posted_;
};

}  // namespace comcat::base
