#pragma once

#include <cstdint>
#include <string>

#include "comcat/wire/cluster_messages.h"

namespace comcat::cluster {

/// To whom a message goes: never to oneself.
struct Target {
  enum class Kind : std::uint8_t { kAll, kRoom, kNode };
  Kind kind = Kind::kAll;
  std::string room_key{};     // of kRoom: every node that hears the room
  wire::NodeNumber node = 0;  // of kNode
};

struct Outgoing {
  Target to;
  wire::NodeBody body;
};

}  // namespace comcat::cluster
