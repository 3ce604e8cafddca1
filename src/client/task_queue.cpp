#include "comcat/client/task_queue.h"

#include <utility>

namespace comcat::client {

void TaskQueue::post(Task task, std::size_t bytes) {
  add({std::move(task), bytes, false});
}

void TaskQueue::post_last(Task task) {
  add({std::move(task), 0, true});
}

bool TaskQueue::has_space() const {
  return closed_ || hurried_ || tasks_.empty() ||
         (tasks_.size() < capacity_.tasks && bytes_ < capacity_.bytes);
}

void TaskQueue::add(Item item) {
  std::unique_lock lock(mutex_);
  has_space_.wait(lock, [this] { return has_space(); });
  if (closed_ || (hurried_ && !item.last)) return;
  if (hurried_) {
    urgent_.push_back(std::move(item.task));
  } else {
    bytes_ += item.bytes;
    tasks_.push_back(std::move(item));
  }
  has_task_.notify_one();
}

void TaskQueue::post_urgent(Task task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  urgent_.push_back(std::move(task));
  has_task_.notify_one();
}

bool TaskQueue::may_run() const {
  return !urgent_.empty() || (!paused_ && !tasks_.empty());
}

bool TaskQueue::run_one(base::Time deadline, base::Time now) {
  Task task;
  {
    std::unique_lock lock(mutex_);
    const auto has_task = [this] { return closed_ || may_run(); };
    if (deadline == base::Time::max()) {
      has_task_.wait(lock, has_task);
    } else {
      has_task_.wait_until(lock, base::steady_now() + (deadline - now), has_task);
    }
    if (!may_run()) return false;
    task = take();
  }
  task();
  return true;
}

TaskQueue::Task TaskQueue::take() {
  if (!urgent_.empty()) {
    Task task = std::move(urgent_.front());
    urgent_.pop_front();
    return task;
  }
  Item item = std::move(tasks_.front());
  tasks_.pop_front();
  bytes_ -= item.bytes;
  has_space_.notify_one();
  return std::move(item.task);
}

void TaskQueue::pause(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
  has_task_.notify_all();
}

void TaskQueue::hurry() {
  const std::lock_guard lock(mutex_);
  hurried_ = true;
  for (Item& item : tasks_) {
    if (item.last) urgent_.push_back(std::move(item.task));
  }
  tasks_.clear();
  bytes_ = 0;
  has_task_.notify_all();
  has_space_.notify_all();
}

void TaskQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  urgent_.clear();
  tasks_.clear();
  bytes_ = 0;
  has_task_.notify_all();
  has_space_.notify_all();
}

}  // namespace comcat::client
