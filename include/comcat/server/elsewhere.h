#pragma once

#include "comcat/base/clock.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

class Room;
struct Participant;

/// The other nodes that a room is on, as the room sees them.
/// Threads: one, the shard. Nothing waits.
class Elsewhere {
 public:
  virtual ~Elsewhere() = default;

  /// What became true of somebody in `room` here.
  virtual void tell(const Room& room, const wire::Event& event, base::Time now) = 0;
  /// `speaker`, who is here, says this; somebody is elsewhere.
  virtual void speak(const Room& room, const Participant& speaker, const wire::VoicePacket& frame,
                     base::Time now) = 0;
  /// `speaker`, who is here, is not to be heard: its place among the loudest of this node is free.
  virtual void silence(const Room& room, const Participant& speaker) = 0;
};

}  // namespace comcat::server
