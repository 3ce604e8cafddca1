#include "comcat/server/listener.h"

#include <memory>
#include <string>
#include <utility>

#include "comcat/wire/convert.h"

namespace comcat::server {

void Listener::send(Payload control) {
  if (messages.push_control(std::move(control))) {
    link.wake();
  } else {
    overflowed = true;
  }
}

StreamMessage Listener::take(base::Time now) {
  StreamMessage message = order.next(messages, voice, now, takes_batches);
  if (!acknowledges || !message.must_arrive) return message;
  message.parts.push_back(
      std::make_shared<const std::string>(wire::encode_number(receipts.number_next(now))));
  message.shared = false;
  return message;
}

void Listener::leave_room() {
  voice.clear();
  messages.clear_events();
  if (takes_history) messages.clear_texts();  // they would be taken for texts of the next room
}

}  // namespace comcat::server
