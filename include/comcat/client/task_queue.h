#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "comcat/base/clock.h"

namespace comcat::client {

/// What other threads ask the client's main thread to do: what the user and signals want before
/// what the server tells, each in order.
///
/// Capacity   of what the server tells, in tasks and in bytes that they hold; one task may be
///            larger than all of it. Who posts to a full queue waits: if the user's terminal takes
///            no more output, reading commands and events from the network stops too, and voice
///            goes on only until gRPC's small window is full. Nothing piles up.
/// Threads    post() from any but the main thread's own tasks; run_one() from the main thread; all
///            else from any.
class TaskQueue {
 public:
  using Task = std::function<void()>;
  struct Capacity {
    std::size_t tasks = 1024;
    std::size_t bytes = std::size_t{1} << 20;
  };

  explicit TaskQueue(Capacity capacity) : capacity_(capacity) {}

  /// `bytes` are what the task holds. Dropped after hurry() and once the queue is closed.
  void post(Task task, std::size_t bytes = 0);
  /// In its turn as post(), but never dropped while the queue is open: the end of the call.
  void post_last(Task task);
  /// Goes before those of post(), after other urgent ones, and never waits. For the few tasks that
  /// the user waits for.
  void post_urgent(Task task);

  /// Runs the first task, waiting for one until `deadline`. False when none came.
  bool run_one(base::Time deadline, base::Time now);

  /// While paused only urgent tasks run: nobody reads what the others have to say.
  void pause(bool paused);
  /// The user leaves: of what was posted only the last task still counts, and it is urgent.
  void hurry();
  /// Nothing more is taken or run; whoever waits in post() goes on.
  void close();

 private:
  struct Item {
    Task task;
    std::size_t bytes = 0;
    bool last = false;
  };
  void add(Item item);
  [[nodiscard]] bool has_space() const;
  [[nodiscard]] bool may_run() const;
  [[nodiscard]] Task take();

  const Capacity capacity_;
  std::mutex mutex_;  // not Abseil's, whose timeouts count on the wall clock
  std::condition_variable has_task_;
  std::condition_variable has_space_;
  std::deque<Task> urgent_;
  std::deque<Item> tasks_;
  std::size_t bytes_ = 0;
  bool paused_ = false;
  bool hurried_ = false;
  bool closed_ = false;
};

}  // namespace comcat::client
