#include "comcat/server/stream_order.h"

#include <utility>

namespace comcat::server {

StreamMessage StreamOrder::next(MessageQueue& messages, VoiceQueue& voice, base::Time now,
                                bool batch) {
  StreamMessage message;
  if (Payload control = messages.take_control()) {
    message.parts.push_back(std::move(control));
    message.shared = false;
    return message;
  }
  message.parts = messages.take_events();
  if (!message.parts.empty()) return message;
  voice.drop_old(now);
  if (messages.has_text() && (voice.empty() || text_is_next_)) {
    text_is_next_ = false;
    message.parts.push_back(messages.take_text());
    return message;
  }
  text_is_next_ = true;
  while (!voice.empty()) {
    message.parts.push_back(voice.pop());
    if (!batch) break;
  }
  message.frames = message.parts.size();
  return message;
}

}  // namespace comcat::server
