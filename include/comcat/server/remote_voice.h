#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/loudest.h"
#include "comcat/server/outlet.h"
#include "comcat/server/share.h"
#include "comcat/wire/cluster_messages.h"

namespace comcat::server {

/// What leaves this node of what is said here: the loudest of each room, whose frames of one event
/// of the shard go to all other nodes in one message.
///
/// Time       the caller's. Nothing waits here beyond flush().
/// Threads    one: the shard.
class RemoteVoice {
 public:
  explicit RemoteVoice(std::size_t max_speakers) : max_speakers_(max_speakers) {}

  /// True where the frame is among what leaves.
  bool speak(const std::string& room_key, const std::string& room, Share share,
             const wire::VoicePacket& frame, base::Time now);
  void silence(const std::string& room_key, wire::SessionNumber speaker);
  void remove(const std::string& room_key, wire::SessionNumber speaker);
  /// Nobody is in the room any more.
  void forget(const std::string& room_key) { rooms_.erase(room_key); }

  /// Hands over what has gathered.
  void flush(const wire::Sender& self, Outlet& outlet);

 private:
  struct Room {
    explicit Room(std::size_t max_speakers) : loudest(max_speakers) {}
    Loudest loudest;
  };

  const std::size_t max_speakers_;
  std::map<std::string, Room, std::less<>> rooms_;
  std::map<std::string, wire::RoomVoice> waiting_;  // by the room's key
};

}  // namespace comcat::server
