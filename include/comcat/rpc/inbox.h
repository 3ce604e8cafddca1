#pragma once

#include <vector>

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include "comcat/rpc/completion.h"

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace comcat::rpc {

/// How other threads speak to the one that waits for a completion queue: tasks, which that thread
/// runs in the order in which they were posted.
///
/// Waking a thread that waits for a queue costs 60 to 150 us of both threads. All that is posted
/// until it has woken costs one wake-up and is run as one batch; still, whoever has many items that
/// come at once should post one task for them, not one for each.
///
/// Capacity   none of its own: a task is run once and may be one that must not be lost. Whoever
///            passes on what comes from outside keeps a bounded queue of its own and posts at most
///            one task that empties it.
/// Threads    post(): any. close() and the destructor: the one that waits for the queue, or any
///            once nobody does. Tasks run on the one that waits.
/// Ownership  `queue` is the owner's and outlives it.
class Inbox {
 public:
  using Task = absl::AnyInvocable<void()>;

  explicit Inbox(grpc::CompletionQueue& queue) : queue_(queue) {}

  /// Has `task` run, unless close() comes first. What a task posts is run in a later batch, so that
  /// tasks that post others keep nothing else from its turn.
  void post(Task task) ABSL_LOCKS_EXCLUDED(mutex_);

  /// Before the queue is shut down: nothing is begun on it any more. Tasks that have not begun, and
  /// those posted from now on, are destroyed without being run.
  void close() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void on_woken(bool ok) ABSL_LOCKS_EXCLUDED(mutex_);
  [[nodiscard]] bool is_closed() const ABSL_LOCKS_EXCLUDED(mutex_);

  grpc::CompletionQueue& queue_;
  Operation<Inbox> woken_{*this, &Inbox::on_woken};

  mutable absl::Mutex mutex_;
  std::vector<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  grpc::Alarm alarm_ ABSL_GUARDED_BY(mutex_);
  bool waking_ ABSL_GUARDED_BY(mutex_) = false;  // the alarm is set and has not come back
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comcat::rpc
