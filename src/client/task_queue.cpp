#include "comcat/client/task_queue.h"

#include <utility>

#include "absl/time/time.h"

namespace comcat::client {

void TaskQueue::post(Task task) {
  const absl::MutexLock lock(&mutex_);
  const auto has_space = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return closed_ || tasks_.size() < capacity_tasks_;
  };
  mutex_.Await(absl::Condition(&has_space));
  if (!closed_) tasks_.push_back(std::move(task));
}

void TaskQueue::post_urgent(Task task) {
  const absl::MutexLock lock(&mutex_);
  if (!closed_) tasks_.push_front(std::move(task));
}

bool TaskQueue::run_one(base::Time deadline, base::Time now) {
  Task task;
  {
    const absl::MutexLock lock(&mutex_);
    const auto has_task = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return closed_ || !tasks_.empty();
    };
    const absl::Duration patience =
        deadline == base::Time::max() ? absl::InfiniteDuration() : absl::FromChrono(deadline - now);
    if (!mutex_.AwaitWithTimeout(absl::Condition(&has_task), patience) || tasks_.empty())
      return false;
    task = std::move(tasks_.front());
    tasks_.pop_front();
  }
  task();
  return true;
}

void TaskQueue::close() {
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
  tasks_.clear();
}

}  // namespace comcat::client
