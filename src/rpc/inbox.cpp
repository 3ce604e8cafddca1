#include "comcat/rpc/inbox.h"

#include <utility>

#include "comcat/rpc/deadline.h"

namespace comcat::rpc {

void Inbox::post(Task task) {
  const absl::MutexLock lock(&mutex_);
  if (closed_) return;
  tasks_.push_back(std::move(task));
  if (std::exchange(waking_, true)) return;
  alarm_.Set(&queue_, at_once(), woken_.begin());
}

void Inbox::on_woken(bool /*ok*/) {
  std::vector<Task> batch;
  {
    const absl::MutexLock lock(&mutex_);
    waking_ = false;
    batch.swap(tasks_);
  }
  for (Task& task : batch) {
    if (is_closed()) return;
    task();
  }
}

void Inbox::close() {
  std::vector<Task> unheard;  // destroyed without the lock: a task may hold anything
  const absl::MutexLock lock(&mutex_);
  closed_ = true;
  unheard.swap(tasks_);
}

bool Inbox::is_closed() const {
  const absl::MutexLock lock(&mutex_);
  return closed_;
}

}  // namespace comcat::rpc
