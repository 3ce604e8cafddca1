#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/payload.h"

namespace comcat::server {

/// The voice that waits for one listener, whichever way it leaves. Late speech is worth less than
/// fresh: what gets old here is dropped.
///
/// Capacity   `capacity` of age, and kMaxBytes.
/// Overflow   the oldest frames go, and are counted.
/// Threads    one: the listener's shard.
class VoiceQueue {
 public:
  static constexpr std::size_t kMaxBytes = 24 * 1024;

  explicit VoiceQueue(std::chrono::milliseconds capacity) : capacity_(capacity) {}

  /// Takes a frame that arrived at `now`.
  void push(Payload frame, base::Time now);

  /// Drops what is older than the capacity at `now`: to be called before pop().
  void drop_old(base::Time now);

  [[nodiscard]] bool empty() const { return first_ == frames_.size(); }
  /// The oldest frame. Not when empty().
  [[nodiscard]] Payload pop();

  /// Forgets all of it; what is forgotten does not count as dropped.
  void clear();

  /// How many frames were dropped so far.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// The age at `now` of the oldest frame; zero when empty().
  [[nodiscard]] base::Duration oldest_age(base::Time now) const;

 private:
  struct Waiting {
    Payload frame;
    base::Time since;
  };

  const std::chrono::milliseconds capacity_;
  // Mostly one. A deque would cost every listener half a KiB, and a look at more memory.
  std::vector<Waiting> frames_;
  std::size_t first_ = 0;  // before it are those that were popped
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace comcat::server
