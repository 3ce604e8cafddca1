#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "comcat/base/log.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::store {

/// Changes of a table, made one after the other by a thread of their own. Table::open(file) opens
/// or makes the file, with the first change.
///
/// Errors     what cannot be written is logged as `event`.
/// Capacity   none of its own: there are as many changes as hosts and callers ask for.
/// Threads    add() from any; it never waits for the disk. The rest from the owner's.
template <typename Table>
class WriteBehind {
 public:
  /// False where it could not be written: see Table::fault().
  using Change = std::function<bool(Table&)>;

  WriteBehind(std::string file, const char* event)
      : file_(std::move(file)), event_(event), thread_([this] { run(); }) {}

  /// Writes what still waits.
  ~WriteBehind() {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }

  void add(Change change) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(change));
  }

 private:
  /// All that waits; empty at the end.
  [[nodiscard]] std::deque<Change> take() ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    const auto has_something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ending_ || !waiting_.empty();
    };
    mutex_.Await(absl::Condition(&has_something));
    return std::exchange(waiting_, {});
  }

  void run() {
    std::unique_ptr<Table> table;
    for (std::deque<Change> changes = take(); !changes.empty(); changes = take()) {
      if (!table) {
        auto opened = Table::open(file_);
        if (opened.ok()) table = *std::move(opened);
        if (!opened.ok()) log_not_kept(std::string(opened.status().message()));
      }
      for (const Change& change : changes) {
        if (table && !change(*table)) log_not_kept(table->fault());
      }
    }
  }

  void log_not_kept(const std::string& why) const {
    base::log(base::LogLevel::kError, event_, {{"why", why}});
  }

  const std::string file_;
  const char* const event_;
  absl::Mutex mutex_;
  std::deque<Change> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace comcat::store
