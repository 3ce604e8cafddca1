#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "comcat/bus/message_log.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace comcat::bus {

/// Keeps logs that are joined to it in memory, as NATS does on a disk: for tests, which take it
/// away.
///
/// Threads    any. Followers are called on the thread that appends, or gives it back.
class LogRoom {
 public:
  static constexpr std::uint64_t kOrigin = 1'000'000;

  /// A log of its own, which is the same for all. It ends before the room does.
  [[nodiscard]] std::unique_ptr<MessageLog> join();

  /// Takes it away from all, so that nothing is kept, or gives it back.
  void set_up(bool up) ABSL_LOCKS_EXCLUDED(mutex_);
  /// What followers have refused comes again.
  void offer() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  class Joined;
  [[nodiscard]] absl::StatusOr<std::uint64_t> keep(const MessageLog::Record& record)
      ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Mutex mutex_;
  std::vector<LogEntry> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t> ids_ ABSL_GUARDED_BY(mutex_);
  std::set<Joined*> joined_ ABSL_GUARDED_BY(mutex_);
  bool up_ ABSL_GUARDED_BY(mutex_) = true;
};

}  // namespace comcat::bus
