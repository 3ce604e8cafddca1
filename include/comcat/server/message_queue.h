#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "comcat/server/payload.h"

namespace comcat::server {

/// Joins events into one message, once for all who are told the same.
class EventJoiner {
 public:
  [[nodiscard]] const Payload& join(const std::vector<Payload>& events);

 private:
  std::vector<Payload> events_;
  Payload joined_;
};

/// The messages that wait for one listener: control, which is for this listener alone or must
/// arrive; events, which say what became true in the room; and texts that others said.
///
/// Capacity   control: kMaxControlBytes beside the largest, which may be the welcome to a room of a
///            thousand; events: kMaxEventBytes; texts: kMaxTextBytes. kOverheadBytes are counted
///            for each besides its own.
/// Overflow   nothing is lost silently. Events are all dropped, and the listener is behind() until
///            catch_up() tells it who is there now. The oldest texts go, and are counted. Control
///            messages are never dropped: push_control() refuses, and the caller closes the
///            listener. So nothing that others do closes a listener.
/// Threads    one: the listener's shard.
class MessageQueue {
 public:
  static constexpr std::size_t kMaxEventBytes = 16 * 1024;
  static constexpr std::size_t kMaxTextBytes = 12 * 1024;
  static constexpr std::size_t kMaxControlBytes = 12 * 1024;
  static constexpr std::size_t kOverheadBytes = 64;

  [[nodiscard]] bool push_control(Payload message);
  /// Whether push_control() would take it.
  [[nodiscard]] bool has_room_for(const Payload& control) const;
  /// The oldest control message; null where there is none.
  [[nodiscard]] Payload take_control();

  /// Takes an event, which waits for release_events(). True where so many wait that they should be
  /// released at once.
  [[nodiscard]] bool push_event(Payload event);
  /// Lets take_events() have the events. `joiner` is shared with the others who are released with
  /// it.
  void release_events(EventJoiner& joiner);
  /// All events that are released, to be sent in one message; none where there are none.
  [[nodiscard]] std::vector<Payload> take_events();
  /// Forgets the events, those that were lost too: of a room that the listener has left.
  void clear_events();

  /// True where events were lost.
  [[nodiscard]] bool behind() const { return behind_; }
  /// `roster` says all that the lost events would have said; it is released.
  void catch_up(Payload roster);

  void push_text(Payload text);
  /// The same, but false where it would cost others their place.
  [[nodiscard]] bool offer_text(Payload text);
  /// Forgets the texts; they do not count as lost.
  void clear_texts();
  [[nodiscard]] bool has_text() const { return !texts_.empty(); }
  /// The oldest text; null where there is none.
  [[nodiscard]] Payload take_text();
  /// Texts were lost since take_missed_texts().
  [[nodiscard]] bool misses_texts() const { return missed_texts_ > 0; }
  /// How many texts were lost since the last call.
  [[nodiscard]] std::size_t take_missed_texts() { return std::exchange(missed_texts_, 0); }

  /// True where something may be taken.
  [[nodiscard]] bool ready() const {
    return !control_.empty() || events_released_ || !texts_.empty();
  }

 private:
  void drop_events();

  // Few: deques would cost every listener half a KiB each.
  std::vector<Payload> control_;
  std::vector<Payload> events_;
  std::vector<Payload> texts_;
  std::size_t control_bytes_ = 0;
  std::size_t event_bytes_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t missed_texts_ = 0;
  bool events_released_ = false;
  bool behind_ = false;
};

}  // namespace comcat::server
