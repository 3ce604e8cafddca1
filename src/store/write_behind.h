#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "comcat/base/log.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace comcat::store {

/// What `file` holds, by Table::all(); nothing where there is no such file.
template <typename Table>
[[nodiscard]] absl::StatusOr<std::vector<typename Table::Row>> read_kept(const std::string& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, unknown))) {
    return std::vector<typename Table::Row>{};
  }
  const absl::StatusOr<std::unique_ptr<Table>> table = Table::open(file);
  if (!table.ok()) return table.status();
  return (*table)->all();
}

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
  /// Called on the thread of the changes, once: OK where the change is on the disk, else why not.
  using Done = std::function<void(const absl::Status&)>;

  WriteBehind(std::string file, const char* event)
      : file_(std::move(file)), event_(event), thread_([this] { run(); }) {}

  /// Writes what still waits.
  ~WriteBehind() {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }

  void add(Change change, Done done = {}) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    waiting_.push_back({std::move(change), std::move(done)});
  }

 private:
  struct Waiting {
    Change change;
    Done done;
  };

  /// All that waits; empty at the end.
  [[nodiscard]] std::deque<Waiting> take() ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    const auto has_something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ending_ || !waiting_.empty();
    };
    mutex_.Await(absl::Condition(&has_something));
    return std::exchange(waiting_, {});
  }

  void run() {
    std::unique_ptr<Table> table;
    for (std::deque<Waiting> all = take(); !all.empty(); all = take()) {
      for (const Waiting& it : all) {
        const absl::Status status = make(it.change, table);
        if (!status.ok()) {
          base::log(base::LogLevel::kError, event_, {{"why", std::string(status.message())}});
        }
        if (it.done) it.done(status);
      }
    }
  }

  absl::Status make(const Change& change, std::unique_ptr<Table>& table) const {
    if (!table) {
      auto opened = Table::open(file_);
      if (!opened.ok()) return opened.status();
      table = *std::move(opened);
    }
    return change(*table) ? absl::OkStatus() : absl::UnavailableError(table->fault());
  }

  const std::string file_;
  const char* const event_;
  absl::Mutex mutex_;
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace comcat::store
