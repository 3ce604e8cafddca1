#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"

namespace comcat::server {

/// The bytes of one serialised ServerRES, shared by everyone they are sent to.
using Payload = std::shared_ptr<const std::string>;

/// Joins events into one message, once for all who are told the same.
class EventJoiner {
 public:
  [[nodiscard]] const Payload& join(const std::vector<Payload>& events);

 private:
  std::vector<Payload> events_;
  Payload joined_;
};

/// What waits for one listener's writer: voice; events, which say what became true in the room;
/// texts that others said; and control messages, which are for this listener or must arrive.
///
/// Capacity   voice: `capacity` of age, and kMaxVoiceBytes; events: kMaxEventBytes; texts:
///            kMaxTextBytes; control: kMaxControlBytes unless one message alone is larger.
///            kOverheadBytes are counted for each but voice besides its own.
/// Overflow   the oldest voice goes first: late speech is worth less than fresh. Events are all
///            dropped, and the listener is behind() until catch_up() tells it who is there now. The
///            oldest texts go, and are counted. So nothing that others do closes a listener: only
///            control messages are never dropped, push_control() refuses, and the caller closes the
///            session.
/// Threads    one: the shard that the session was dealt to.
class ListenerQueue {
 public:
  static constexpr std::size_t kMaxVoiceBytes = 24 * 1024;
  static constexpr std::size_t kMaxEventBytes = 16 * 1024;
  static constexpr std::size_t kMaxTextBytes = 12 * 1024;
  static constexpr std::size_t kMaxControlBytes = 12 * 1024;
  static constexpr std::size_t kOverheadBytes = 64;

  explicit ListenerQueue(std::chrono::milliseconds capacity) : capacity_(capacity) {}

  /// Takes a voice frame that arrived at `now`.
  void push_voice(Payload frame, base::Time now);

  [[nodiscard]] bool push_control(Payload message);

  void push_text(Payload text);
  /// How many texts were lost since the last call.
  [[nodiscard]] std::size_t take_missed_texts() { return std::exchange(missed_texts_, 0); }

  /// Takes an event, which waits for release_events(). True where so many wait that they should be
  /// released at once.
  [[nodiscard]] bool push_event(Payload event);
  /// Lets take() have the events. `joiner` is shared with the others who are released with it.
  void release_events(EventJoiner& joiner);

  /// True where events were lost.
  [[nodiscard]] bool behind() const { return behind_; }
  /// `roster` says all that the lost events would have said; it is released.
  void catch_up(Payload roster);

  /// The next message to write: its parts, in order, and how many voice frames they are. `shared`
  /// where others are likely to be sent the same parts.
  struct Message {
    std::vector<Payload> parts;
    std::size_t frames = 0;
    bool shared = true;
  };
  /// One control message, else all events that are released, else in turns voice not older than the
  /// capacity at `now` (all of it where `batch`, else one frame) and one text. No parts when
  /// nothing is to be sent.
  [[nodiscard]] Message take(base::Time now, bool batch);

  /// True where take() has something, unless it is voice that has become too old.
  [[nodiscard]] bool ready() const {
    return !control_.empty() || events_released_ || !voice_.empty() || !texts_.empty();
  }

  void clear_voice();
  /// Forgets voice and events, of a room that the listener has left.
  void clear_room();

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
  void clear_events();

  const std::chrono::milliseconds capacity_;
  std::deque<Waiting> voice_;
  std::deque<Payload> control_;
  std::vector<Payload> events_;
  std::vector<Payload> texts_;  // few: a deque would cost every listener half a KiB
  std::size_t voice_bytes_ = 0;
  std::size_t control_bytes_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t missed_texts_ = 0;
  std::size_t event_bytes_ = 0;
  std::uint64_t dropped_frames_ = 0;
  bool text_is_next_ = false;
  bool events_released_ = false;
  bool behind_ = false;
};

}  // namespace comcat::server
