#include "comcat/datagram/voice.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "comcat/wire/limits.h"

namespace comcat::datagram {
namespace {

constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kLevelAt = 12;
constexpr std::size_t kDurationAt = 13;
constexpr std::size_t kLengthAt = 14;
constexpr std::uint64_t kMaxDuration = wire::kMaxPacketSamples / wire::kDurationUnitSamples;

std::uint32_t number_at(const std::byte* in, std::size_t at) {
  return static_cast<std::uint32_t>(read_number(in + at, kNumberBytes));
}

/// Takes the first packet off `rest`.
std::optional<wire::VoicePacket> take_packet(std::string_view& rest) {
  if (rest.size() < kVoiceHeaderBytes) return std::nullopt;
  const std::byte* const in = as_bytes(rest).data();
  const std::uint64_t level = read_number(in + kLevelAt, 1);
  const std::uint64_t duration = read_number(in + kDurationAt, 1);
  const std::uint64_t length = read_number(in + kLengthAt, 2);
  if (level > wire::kSilentDbov || duration > kMaxDuration) return std::nullopt;
  if (length == 0 || length > wire::kMaxChunkBytes) return std::nullopt;
  if (rest.size() < kVoiceHeaderBytes + length) return std::nullopt;
  wire::VoicePacket packet;
  packet.speaker = number_at(in, 0);
  packet.sequence = number_at(in, kNumberBytes);
  packet.timestamp = number_at(in, 2 * kNumberBytes);
  packet.duration_samples = static_cast<std::uint32_t>(duration) * wire::kDurationUnitSamples;
  packet.level_dbov = static_cast<std::uint8_t>(level);
  packet.payload = rest.substr(kVoiceHeaderBytes, length);
  rest.remove_prefix(kVoiceHeaderBytes + length);
  return packet;
}

}  // namespace

void append_voice(const wire::VoicePacket& packet, std::string& body) {
  assert(!packet.payload.empty() && packet.payload.size() <= wire::kMaxChunkBytes);
  std::array<std::byte, kVoiceHeaderBytes> header{};
  write_number(packet.speaker, kNumberBytes, header.data());
  write_number(packet.sequence, kNumberBytes, header.data() + kNumberBytes);
  write_number(packet.timestamp, kNumberBytes, header.data() + 2 * kNumberBytes);
  write_number(std::min<unsigned>(packet.level_dbov, wire::kSilentDbov), 1,
               header.data() + kLevelAt);
  write_number(packet.duration_samples / wire::kDurationUnitSamples, 1,
               header.data() + kDurationAt);
  write_number(packet.payload.size(), 2, header.data() + kLengthAt);
  body += as_text(header);
  body += packet.payload;
}

bool parse_voice(std::string_view body, wire::VoicePackets& packets) {
  const std::size_t before = packets.size();
  do {
    std::optional<wire::VoicePacket> packet = take_packet(body);
    if (!packet) {
      packets.resize(before);
      return false;
    }
    packets.push_back(*std::move(packet));
  } while (!body.empty());
  return true;
}

}  // namespace comcat::datagram
