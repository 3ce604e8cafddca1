#include "comcat/store/keeper_thread.h"

#include <utility>

namespace comcat::store {

KeeperThread::KeeperThread()
    : thread_([this] {
        for (std::deque<Task> tasks = take(); !tasks.empty(); tasks = take()) {
          for (const Task& task : tasks) task();
        }
      }) {}

KeeperThread::~KeeperThread() {
  const absl::MutexLock lock(&mutex_);
  ending_ = true;
}

void KeeperThread::add(Task task) {
  const absl::MutexLock lock(&mutex_);
  waiting_.push_back(std::move(task));
}

std::deque<KeeperThread::Task> KeeperThread::take() {
  const absl::MutexLock lock(&mutex_);
  const auto has_something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ending_ || !waiting_.empty();
  };
  mutex_.Await(absl::Condition(&has_something));
  return std::exchange(waiting_, {});
}

}  // namespace comcat::store
