#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/server/listener.h"
#include "comcat/server/rate_limit.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::server {

class Room;

/// What one session may do. Flags of comcat-server set these.
struct SessionLimits {
  std::chrono::milliseconds queue{200};  // voice that waits for one listener
  double max_frames_per_second = 250;    // the original protocol sends 200
  double max_bytes_per_second = 32 * 1024;
  double max_commands_per_second = 10;
  std::chrono::milliseconds voice_burst{60};     // how much voice may come at once
  std::chrono::milliseconds command_burst{500};  // how many commands
  // From the first voice that is too much: until nobody hears it any more, until the warning.
  std::chrono::milliseconds flood_silence{100};
  std::chrono::milliseconds flood_notice{1000};
  std::chrono::milliseconds flood_grace{3000};  // from the warning to the end
};

/// Gives the frames of a client of the original protocol, which have none, a sequence number and
/// timestamps: those of an unbroken stream, moved on where the sender paused.
class FrameNumbering {
 public:
  void number(wire::VoicePacket& frame, base::Time now);

 private:
  bool started_ = false;
  std::uint32_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  base::Time expected_{};
};

/// Somebody sends more than he may.
struct Flood {
  base::Time since{};  // zero: he does not
  bool warned = false;
};

/// One caller, from admission to the end of the stream. The connection owns it; the hub refers to
/// it between Hub::open() and Hub::leave().
/// Threads: one, the shard that the connection was dealt to.
struct Session {
  Session(Link& link, std::string its_address, const SessionLimits& limits);

  const std::string address;
  Listener listener;
  wire::Member member;
  std::string name_key;  // base::comparison_key() of the member's name
  std::string resume_key;
  Room* room = nullptr;   // null until the hello, and again after leaving
  bool open = false;      // the hub knows it
  bool original = false;  // speaks com_municat's own protocol
  base::Time opened{};
  base::Time read_after{};  // what it sends next is not to be read before
  Flood voice_flood;
  Flood command_flood;
  FrameNumbering numbering;
  RateLimit frames;
  RateLimit bytes;
  RateLimit commands;
};

}  // namespace comcat::server
