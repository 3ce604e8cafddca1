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
}

}  // namespace comcat::server
