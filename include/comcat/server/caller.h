#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/conduct.h"
#include "comcat/server/device.h"
#include "comcat/server/frame_numbering.h"
#include "comcat/server/listener.h"
#include "comcat/server/participant.h"
#include "comcat/wire/messages.h"

#include "absl/status/status.h"

namespace comcat::server {

class Room;

struct CallerLimits {
  std::chrono::milliseconds queue{200};  // voice that waits for one listener
  ConductLimits conduct;
};

/// One caller, from admission to the end of the stream: who it is to others, what waits for it, how
/// it behaves. The connection owns it; the hub refers to it between Hub::open() and Hub::leave(),
/// its room to `who` and `listener` while it is there.
/// Threads: one, the shard that the connection was dealt to.
struct Caller {
  Caller(Link& link, std::string its_address, const CallerLimits& limits);

  /// Queues the answer to a command. Clients of the original protocol know none.
  void answer(const wire::Outcome& outcome);
  /// The same, where there is nothing to say but how it went. Trace id 0: nobody has asked.
  void answer(std::uint64_t trace_id, const absl::Status& status);

  const std::string address;
  Participant who;
  Device device;
  Listener listener;
  Conduct conduct;
  FrameNumbering numbering;  // of the original protocol's frames
  std::string resume_key;
  Room* room = nullptr;  // null until the hello, and again after leaving
  base::Time opened{};
  std::uint32_t unanswered = 0;          // commands whose answer waits for a keeper
  std::optional<std::uint64_t> awaited;  // the trace id of the one among them that is a late answer
  std::vector<wire::Command> later;      // that came after those, and have their turn then
  bool open = false;                     // the hub knows it
  bool returns = false;                  // comes back as who it was, after a lost connection
  bool goes_over = false;                // and does so at another server too
};

}  // namespace comcat::server
