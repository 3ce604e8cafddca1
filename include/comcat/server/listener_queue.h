#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "comcat/base/clock.h"

namespace comcat::server {

/// The bytes of one serialised ServerRES, shared by everyone they are sent to.
using Payload = std::shared_ptr<const std::string>;

/// What waits for one listener's writer.
///
/// Capacity   voice: `capacity` of age, and kMaxVoiceBytes; control: kMaxControlMessages, and
///            kMaxControlBytes unless one message alone is larger.
/// Overflow   the oldest voice goes first: late speech is worth less than fresh. Control messages
///            are never dropped: push_control() refuses, and the caller closes the session.
/// Threads    one: the shard that the session was dealt to.
class ListenerQueue {
 public:
  static constexpr std::size_t kMaxVoiceBytes = 32 * 1024;
  static constexpr std::size_t kMaxControlMessages = 256;
  static constexpr std::size_t kMaxControlBytes = 32 * 1024;

  explicit ListenerQueue(std::chrono::milliseconds capacity) : capacity_(capacity) {}

  /// Takes a voice frame that arrived at `now`.
  void push_voice(Payload frame, base::Time now);

  [[nodiscard]] bool push_control(Payload message);

  [[nodiscard]] bool empty() const { return voice_.empty() && control_.empty(); }
  [[nodiscard]] bool has_control() const { return !control_.empty(); }

  /// The parts of the next message to write, in order: one control message, else voice not older
  /// than the capacity at `now`: all of it where `batch`, else one frame. Nothing when all is sent.
  [[nodiscard]] std::vector<Payload> take(base::Time now, bool batch);

  void clear_voice();

  [[nodiscard]] std::uint64_t dropped_frames() const { return dropped_frames_; }
  /// The age at `now` of the oldest voice that waits.
  [[nodiscard]] base::Duration oldest_age(base::Time now) const;

 private:
  struct Waiting {
    Payload frame;
    base::Time since;
  };

  void drop_older_than(base::Time limit);
  void pop_oldest();

  const std::chrono::milliseconds capacity_;
  std::deque<Waiting> voice_;
  std::deque<Payload> control_;
  std::size_t voice_bytes_ = 0;
  std::size_t control_bytes_ = 0;
  std::uint64_t dropped_frames_ = 0;
};

}  // namespace comcat::server
