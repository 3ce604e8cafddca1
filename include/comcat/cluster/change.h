#pragma once

#include <cstdint>
#include <string>

#include "comcat/wire/cluster_messages.h"

namespace comcat::cluster {

/// What has become true of somebody in a room, for the server that is one of the nodes.
struct Change {
  enum class Kind : std::uint8_t {
    kJoined,      // elsewhere
    kChanged,     // who is elsewhere: whatever is known of them, and whether they are away
    kLeft,        // who was elsewhere, for `reason`
    kOwnMoved,    // who was here has come back elsewhere: they leave here, and nobody is told
    kOwnEnded,    // who was here is not in the room any more, for `reason`
    kRenumbered,  // who is here has another number beside the name
  };
  Kind kind = Kind::kChanged;
  std::string room_key;
  wire::Resident who;         // as known now; of kLeft and kOwnEnded: last
  wire::NodeNumber node = 0;  // where they are, or were
  wire::LeaveReason reason = wire::LeaveReason::kUnknown;
  std::string why;
};

}  // namespace comcat::cluster
