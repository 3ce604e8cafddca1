#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "comcat/base/clock.h"
#include "comcat/server/message_queue.h"
#include "comcat/server/payload.h"
#include "comcat/server/receipts.h"
#include "comcat/server/stream_order.h"
#include "comcat/server/voice_path.h"
#include "comcat/server/voice_queue.h"

#include "absl/status/status.h"

namespace comcat::server {

/// How a listener's connection is reached. Implemented by the gRPC call and by tests.
class Link {
 public:
  virtual ~Link() = default;
  /// The listener has something: take from it as soon as no write is under way.
  virtual void wake() = 0;
  /// Nothing more will come: send what control messages still wait, then end the stream with
  /// `status`.
  virtual void close(const absl::Status& status) = 0;
};

/// How a listener is told what is said in its room, where texts are kept. Whoever misses some is
/// read them from the history, in order, and only then hears the new ones.
enum class TextCourse : std::uint8_t {
  kLive,    // each as soon as it is kept
  kBehind,  // later ones wait in the history: those after Listener::last_text
  kAsked,   // the history has been asked for them
};

/// Somebody who is sent things by this server: what waits, and the link that takes it.
///
/// Capacity   the queues', together kMaxBytes.
/// Threads    one: the shard that the connection was dealt to.
struct Listener {
  static constexpr std::size_t kMaxBytes = 64 * 1024;

  Listener(Link& its_link, std::chrono::milliseconds voice_capacity)
      : link(its_link), voice(voice_capacity) {}

  /// Queues what must arrive, and wakes the link. Where there is no room for it, the listener has
  /// overflowed and is to be closed.
  void send(Payload control);

  /// The next message for the link to write; without parts where nothing is to be sent.
  [[nodiscard]] StreamMessage take(base::Time now);
  /// True where take() has something, unless it is voice that has become too old.
  [[nodiscard]] bool ready() const { return messages.ready() || !voice.empty(); }

  /// True where nothing is under way to it, nothing is to be acknowledged, and it has missed
  /// nothing: until something happens there is nothing to do for it.
  [[nodiscard]] bool rests() const {
    return write_started == base::Time{} && !receipts.wait() && !messages.behind() &&
           !messages.misses_texts() && texts == TextCourse::kLive && !overflowed;
  }

  /// Forgets voice and events, and texts that are kept, of a room that the listener has left.
  void leave_room();

  Link& link;
  std::unique_ptr<VoicePath> path;  // null: its voice, and that to it, take the stream alone
  VoiceQueue voice;
  MessageQueue messages;
  StreamOrder order;
  Receipts receipts;            // where it acknowledges
  base::Time write_started{};   // kept by the link: when the write under way began, or zero
  std::uint64_t last_text = 0;  // the number of the last that it was sent in its room
  TextCourse texts = TextCourse::kLive;  // kLive always where it does not take histories
  bool takes_batches = false;            // several frames in one message
  bool takes_history = false;            // knows texts that were said earlier, and they are kept
  bool hears_self = false;               // is sent its own voice, too
  bool acknowledges = false;             // what must arrive
  bool overflowed = false;
};

static_assert(VoiceQueue::kMaxBytes + MessageQueue::kMaxControlBytes +
                  MessageQueue::kMaxEventBytes + MessageQueue::kMaxTextBytes <=
              Listener::kMaxBytes);

}  // namespace comcat::server
