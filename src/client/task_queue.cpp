#include "comcat/client/task_queue.h"

#include <utility>

namespace comcat::client {

void TaskQueue::post(Task task) {
  std::unique_lock lock(mutex_);
  has_space_.wait(lock, [this] { return closed_ || tasks_.size() < capacity_tasks_; });
  if (closed_) return;
  tasks_.push_back(std::move(task));
  has_task_.notify_one();
}

void TaskQueue::post_urgent(Task task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  tasks_.push_front(std::move(task));
  has_task_.notify_one();
}

bool TaskQueue::run_one(base::Time deadline, base::Time now) {
  Task task;
  {
    std::unique_lock lock(mutex_);
    const auto has_task = [this] { return closed_ || !tasks_.empty(); };
    if (deadline == base::Time::max()) {
      has_task_.wait(lock, has_task);
    } else {
      has_task_.wait_until(lock, base::steady_now() + (deadline - now), has_task);
    }
    if (tasks_.empty()) return false;
    task = std::move(tasks_.front());
    tasks_.pop_front();
    has_space_.notify_one();
  }
  task();
  return true;
}

void TaskQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  tasks_.clear();
  has_task_.notify_all();
  has_space_.notify_all();
}

}  // namespace comcat::client
