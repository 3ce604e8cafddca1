#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "comcat/base/clock.h"

namespace comcat::client {

/// What other threads ask the client's main thread to do, in order.
///
/// Capacity   in tasks. Who posts to a full queue waits: if the user's terminal takes no more
///            output, reading commands and events from the network stops too, and voice goes on
///            only until gRPC's small window is full. Nothing piles up.
/// Threads    post() from any but the main thread's own tasks; run_one() from the main thread.
class TaskQueue {
 public:
  using Task = std::function<void()>;

  explicit TaskQueue(std::size_t capacity_tasks) : capacity_tasks_(capacity_tasks) {}

  /// Dropped once the queue is closed.
  void post(Task task);
  /// Goes first and never waits. For the few tasks that end things.
  void post_urgent(Task task);

  /// Runs the first task, waiting for one until `deadline`. False when none came.
  bool run_one(base::Time deadline, base::Time now);

  /// Nothing more is taken or run; whoever waits in post() goes on.
  void close();

 private:
  const std::size_t capacity_tasks_;
  std::mutex mutex_;  // not Abseil's, whose timeouts count on the wall clock
  std::condition_variable has_task_;
  std::condition_variable has_space_;
  std::deque<Task> tasks_;
  bool closed_ = false;
};

}  // namespace comcat::client
