#include "comcat/server/listener.h"

#include <utility>

namespace comcat::server {

void Listener::send(Payload control) {
  if (messages.push_control(std::move(control))) {
    link.wake();
  } else {
    overflowed = true;
  }
}

void Listener::leave_room() {
  voice.clear();
  messages.clear_events();
  if (takes_history) messages.clear_texts();  // they would be taken for texts of the next room
}

}  // namespace comcat::server
