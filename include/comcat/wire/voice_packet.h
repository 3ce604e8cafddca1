#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comcat/wire/limits.h"

namespace comcat::wire {

/// A session's number: unique among the sessions of one server process.
using SessionNumber = std::uint32_t;

/// One packet of one speaker's voice, with one meaning wherever it is: on the stream, in the
/// server, in a playout.
///
/// Payload    Opus (RFC 6716), which nothing outside `codec` looks into, but for clients of the
///            original protocol; what others must know of it stands beside it.
/// Threads    a plain value.
struct VoicePacket {
  SessionNumber speaker = 0;           // 0 on the way up: the stream says who speaks
  std::uint32_t sequence = 0;          // one more for each packet, wraps (RFC 3550)
  std::uint32_t timestamp = 0;         // of the first sample, 48 kHz; goes on over silence, wraps
  std::uint32_t duration_samples = 0;  // whole kDurationUnitSamples; 0: nobody knows
  std::uint8_t level_dbov = kSilentDbov;  // 0 loudest, 127 silent (RFC 6464)
  std::string payload;                    // 1 to kMaxChunkBytes
};

/// The way by which a packet has come.
enum class Via : std::uint8_t { kStream, kDatagram };

using VoicePackets = std::vector<VoicePacket>;

/// The number that a sequence number or timestamp stands for, which wraps: the one of those with
/// these low bits that is nearest to `near` (RFC 3550, appendix A.1, knows it as extended).
[[nodiscard]] constexpr std::int64_t unwrap(std::uint32_t raw, std::int64_t near) {
  return near + static_cast<std::int32_t>(raw - static_cast<std::uint32_t>(near));
}

}  // namespace comcat::wire
