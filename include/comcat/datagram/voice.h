#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "comcat/datagram/packet.h"
#include "comcat/wire/voice_packet.h"

/// Voice as a datagram's body has it, one packet after the other:
///
///     speaker 4 | sequence 4 | timestamp 4 | level 1 | duration 1 | length 2 | payload
///
/// with the meanings of wire::VoicePacket; the duration is in wire::kDurationUnitSamples. Threads:
/// any.
namespace comcat::datagram {

inline constexpr std::size_t kVoiceHeaderBytes = 16;

/// How long `packet` is in a body. Longer than kMaxBodyBytes: it takes the stream.
[[nodiscard]] inline std::size_t voice_bytes(const wire::VoicePacket& packet) {
  return kVoiceHeaderBytes + packet.payload.size();
}

/// Appends `packet`, whose payload has 1 to wire::kMaxChunkBytes.
void append_voice(const wire::VoicePacket& packet, std::string& body);

/// Appends the packets of a body to `packets`. False, and nothing appended, where it is not one or
/// more whole packets, each within the wire's limits.
[[nodiscard]] bool parse_voice(std::string_view body, wire::VoicePackets& packets);

}  // namespace comcat::datagram
