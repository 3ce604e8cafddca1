#pragma once

#include <cstddef>

#include "comcat/base/clock.h"
#include "comcat/server/message_queue.h"
#include "comcat/server/payload.h"
#include "comcat/server/voice_queue.h"

#include "absl/container/inlined_vector.h"

namespace comcat::server {

/// One message that a listener's stream writes: its parts laid end to end.
struct StreamMessage {
  absl::InlinedVector<Payload, 2> parts;  // mostly one
  std::size_t frames = 0;                 // how many of the parts are voice
  bool shared = true;                     // others are likely to be sent the same parts
  bool must_arrive = false;  // nothing takes its place: all but voice and events of a roster
};

/// In which order a listener's stream takes from both queues: one control message, else all events
/// that are released, else in turns voice and one text.
/// Threads: one, the listener's shard.
class StreamOrder {
 public:
  /// The next message at `now`; without parts where nothing is to be sent. Of voice all that is not
  /// too old where `batch`, else one frame.
  [[nodiscard]] StreamMessage next(MessageQueue& messages, VoiceQueue& voice, base::Time now,
                                   bool batch);

 private:
  bool text_is_next_ = false;
};

}  // namespace comcat::server
