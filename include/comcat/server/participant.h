#pragma once

#include <string>

#include "comcat/server/share.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// Somebody who is in a room, as everyone in it may know them. Nothing here says where they are
/// connected.
/// Threads: one, the room's shard.
struct Participant {
  wire::SessionNumber number = 0;
  std::string id;  // UUID
  std::string name;
  std::string name_key;  // base::comparison_key() of the name
  bool muted = false;
  bool deafened = false;
  bool host = false;           // gave the host passcode
  bool muted_by_host = false;  // only hosts lift it
  bool recording = false;
  bool away = false;      // has lost its connection, and others have been told
  bool original = false;  // speaks com_municat's own protocol, which has no events and no answers
  Share share{};          // of places among the loudest; nobody is told

  void set_name(std::string its_name);

  /// Nobody hears them.
  [[nodiscard]] bool is_muted() const { return muted || muted_by_host; }

  /// As others are told of them.
  [[nodiscard]] wire::Member member() const {
    return {number, id, name, is_muted(), deafened, original, host, muted_by_host, recording, away};
  }
};

}  // namespace comcat::server
