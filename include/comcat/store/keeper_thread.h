#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comcat::store {

/// Told once, on the thread of a KeeperThread: OK where a change is on the disk, else why it is
/// not, in a few words. Empty: nobody wants to know.
using Done = std::function<void(const absl::Status&)>;

/// A thread that waits for the disk in others' stead: what it is given, one after the other.
///
/// Capacity   none of its own: there is as much as hosts and callers ask for.
/// Threads    add() from any; it never waits. The rest from the owner's.
class KeeperThread {
 public:
  using Task = std::function<void()>;

  KeeperThread();
  /// Does what still waits.
  ~KeeperThread();

  void add(Task task) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  /// All that waits; empty at the end.
  [[nodiscard]] std::deque<Task> take() ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  std::deque<Task> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace comcat::store
