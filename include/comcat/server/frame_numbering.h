#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::server {

/// Gives the frames of a client of the original protocol, which have none, a sequence number and
/// timestamps: those of an unbroken stream, moved on where the sender paused.
/// Threads: one.
class FrameNumbering {
 public:
  /// Numbers a frame that came at `now`. A duration that nobody knows counts as 20 ms.
  void number(wire::VoicePacket& frame, base::Time now);

 private:
  bool started_ = false;
  std::uint32_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  base::Time expected_{};
};

}  // namespace comcat::server
