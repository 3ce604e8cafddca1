#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace comcat::transport {

/// What waits for the stream's one outstanding write: serialised requests.
///
/// Capacity   voice: `max_voice`, as duration and as age; control: messages.
/// Overflow   voice: the oldest goes and is counted, as late speech is worth less than fresh.
///            control: push_control() says kResourceExhausted; nothing is ever dropped.
/// Order      control goes before voice.
/// Threads    any; the lock is held for a few instructions.
class SendQueue {
 public:
  struct Options {
    std::chrono::milliseconds max_voice{200};
    std::size_t max_control_messages = 64;
  };

  explicit SendQueue(Options options) : options_(options) {}

  /// `duration` is the speech in `bytes`.
  void push_voice(std::string bytes, base::Duration duration, base::Time now);
  [[nodiscard]] absl::Status push_control(std::string bytes);
  /// One control message that goes beside the others: a later one takes the place of one that
  /// waits.
  void push_receipt(std::string bytes);

  /// The next to write. Whoever calls knows that the server takes it: it has answered.
  /// No voice where the network has more than `max_voice` of it `unsent`.
  [[nodiscard]] std::optional<std::string> pop(base::Time now, base::Duration unsent = {});

  /// The connection is gone: what waited for it has no meaning for the next one.
  void clear();

  [[nodiscard]] base::Duration queued_voice() const;
  [[nodiscard]] std::uint64_t dropped_voice_frames() const;
  /// Popped, that is, handed to the network.
  [[nodiscard]] std::uint64_t sent_voice_frames() const;

 private:
  struct Voice {
    std::string bytes;
    base::Duration duration;
    base::Time queued_at;
  };

  void drop_oldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::deque<Voice> voice_ ABSL_GUARDED_BY(mutex_);
  base::Duration voice_duration_ ABSL_GUARDED_BY(mutex_){};
  std::uint64_t dropped_frames_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t sent_frames_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<std::string> control_ ABSL_GUARDED_BY(mutex_);
  std::optional<std::string> receipt_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comcat::transport
