#pragma once

#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"
#include "comcat/server/payload.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

struct Caller;

/// A caller's datagrams, as hub and rooms see them: a way beside the stream that may be there or
/// not at any moment.
/// Threads: one, the caller's shard.
class VoicePath {
 public:
  virtual ~VoicePath() = default;

  /// Takes a frame, as datagram::append_voice() writes it, for the caller. It leaves with the event
  /// that it came in, and waits for no other. False where the frame has to take the stream, be it
  /// as well.
  [[nodiscard]] virtual bool send(const Payload& frame, base::Time now) = 0;

  /// True where a packet of the caller's with this sequence number comes for the first time,
  /// whichever way.
  [[nodiscard]] virtual bool is_first(std::uint32_t sequence) = 0;

  /// What the caller says on the stream has arrived of its datagrams.
  virtual void told(const wire::DatagramReport& report, base::Time now) = 0;

  /// Of the newest probe that was answered; nothing before the first.
  [[nodiscard]] virtual std::optional<base::Duration> round_trip() const = 0;
};

/// Where callers get theirs.
/// Threads: one, the shard.
class VoicePaths {
 public:
  virtual ~VoicePaths() = default;

  /// Gives `caller`, who takes datagrams, Listener::path, and what its welcome says of it; nothing
  /// where there is none to be had.
  [[nodiscard]] virtual std::optional<wire::DatagramOffer> open(Caller& caller, base::Time now) = 0;
};

}  // namespace comcat::server
