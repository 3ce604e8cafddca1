#pragma once

#include <algorithm>
#include <utility>

#include "comcat/wire/voice_packet.h"

#include "opus_toc.h"

namespace comcat::wire {

/// True where a ClientMSG or VoiceFrame holds what a VoicePacket may. Threads: any, as for all
/// here.
template <typename Message>
[[nodiscard]] bool is_voice(const Message& message) {
  return !message.chunk().empty() && message.chunk().size() <= kMaxChunkBytes &&
         message.duration() <= kMaxPacketSamples / kDurationUnitSamples;
}

/// What ClientMSG and VoiceFrame have in common; the payload moves out of `message`. The original
/// protocol tells no duration, so there the payload's first bytes do.
template <typename Message>
[[nodiscard]] VoicePacket packet_from(Message& message) {
  VoicePacket packet;
  packet.sequence = message.sequence();
  packet.timestamp = message.timestamp();
  packet.level_dbov =
      static_cast<std::uint8_t>(std::min<std::uint32_t>(message.level(), kSilentDbov));
  packet.payload = std::move(*message.mutable_chunk());
  packet.duration_samples = message.duration() != 0 ? message.duration() * kDurationUnitSamples
                                                    : opus_packet_samples(packet.payload);
  return packet;
}

template <typename Message>
void fill(Message& message, const VoicePacket& packet) {
  message.set_sequence(packet.sequence);
  message.set_timestamp(packet.timestamp);
  message.set_level(packet.level_dbov);
  message.set_duration(packet.duration_samples / kDurationUnitSamples);
  message.set_chunk(packet.payload);
}

}  // namespace comcat::wire
