#include "comcat/server/stream_order.h"

#include <utility>

namespace comcat::server {
namespace {

/// Takes what goes before voice; false where there is none.
bool take_first(MessageQueue& messages, StreamMessage& message) {
  if (Payload control = messages.take_control()) {
    message.parts.push_back(std::move(control));
    message.shared = false;
    message.must_arrive = true;
  } else {
    for (Payload& events : messages.take_events()) message.parts.push_back(std::move(events));
  }
  return !message.parts.empty();
}

}  // namespace

StreamMessage StreamOrder::next(MessageQueue& messages, VoiceQueue& voice, base::Time now,
                                bool batch) {
  StreamMessage message;
  if (messages.ready() && take_first(messages, message)) return message;
  voice.drop_old(now);
  if (messages.has_text() && (voice.empty() || text_is_next_)) {
    text_is_next_ = false;
    message.parts.push_back(messages.take_text());
    message.must_arrive = true;
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
