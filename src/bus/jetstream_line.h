#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "jetstream_session.h"

namespace comcat::bus {

/// The stream as far as it can be written to: opened and closed by who reads it. Threads: any.
class JetStreamLine {
 public:
  struct Open {
    std::shared_ptr<JetStreamSession> session;
    std::uint64_t origin = 0;
  };

  void open(Open it) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    open_ = std::move(it);
  }
  /// `why` in a few words.
  void close(std::string why) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    if (open_) closed_since_ = base::steady_now();
    open_.reset();
    why_ = std::move(why);
  }
  /// Nobody waits for NATS any more.
  void end() ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
    if (open_) natsConnection_Close(open_->session->connection.get());
  }

  [[nodiscard]] bool is_ending() const ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    return ending_;
  }
  /// True at the end, before `time` has passed.
  bool wait_for_end(base::Duration time) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&ending_), absl::FromChrono(time));
  }
  /// Waits for at most `time` until it is open.
  [[nodiscard]] std::optional<Open> await_open(base::Duration time) ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    const auto is_over = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ending_ || open_.has_value();
    };
    mutex_.AwaitWithTimeout(absl::Condition(&is_over), absl::FromChrono(time));
    return open_;
  }
  /// Why it has been closed for `patience` and more; nothing where it is not.
  [[nodiscard]] std::optional<std::string> why_closed(base::Duration patience) const
      ABSL_LOCKS_EXCLUDED(mutex_) {
    const absl::MutexLock lock(&mutex_);
    if (open_ || base::steady_now() - closed_since_ < patience) return std::nullopt;
    return why_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::optional<Open> open_ ABSL_GUARDED_BY(mutex_);
  std::string why_ ABSL_GUARDED_BY(mutex_) = "NATS does not answer";
  base::Time closed_since_ ABSL_GUARDED_BY(mutex_) = base::steady_now();
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comcat::bus
