#pragma once

#include <optional>
#include <string>
#include <thread>

#include "comcat/bus/jetstream.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "append_queue.h"
#include "jetstream_line.h"

namespace comcat::bus {

/// Appends to a stream, on a thread of its own, one after the other: again and again with the same
/// id until NATS has said that it has one, or the time is over.
///
/// Threads    append(): any. The rest: the owner's.
/// Ownership  the options and the line outlive it. The line ends first.
class JetStreamWriter {
 public:
  JetStreamWriter(const JetStreamOptions& options, JetStreamLine& line)
      : options_(options), line_(line) {}
  ~JetStreamWriter();

  void start();
  [[nodiscard]] bool append(MessageLog::Record record, MessageLog::OnAppended on_appended)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void run();
  /// The next, once there is one; null at the end.
  [[nodiscard]] std::shared_ptr<AppendQueue::Item> next() ABSL_LOCKS_EXCLUDED(mutex_);
  void give_up_overdue() ABSL_LOCKS_EXCLUDED(mutex_);
  void step(AppendQueue::Item& item);
  /// What came of one attempt; nothing where another is to be made.
  [[nodiscard]] std::optional<absl::StatusOr<std::uint64_t>> publish(
      const JetStreamLine::Open& open, AppendQueue::Item& item);
  void pop() ABSL_LOCKS_EXCLUDED(mutex_);

  const JetStreamOptions& options_;
  JetStreamLine& line_;
  absl::Mutex mutex_;
  AppendQueue queue_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace comcat::bus
