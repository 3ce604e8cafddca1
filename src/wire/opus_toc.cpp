#include "opus_toc.h"

#include <array>

namespace comcat::wire {
namespace {

constexpr std::uint32_t kMaxSamples = 5760;  // 120 ms

/// Samples of one frame of configuration `config` (RFC 6716 table 2).
std::uint32_t frame_samples(unsigned config) {
  if (config < 12) return std::array{480U, 960U, 1920U, 2880U}[config % 4];  // SILK
  if (config < 16) return std::array{480U, 960U}[config % 2];                // hybrid
  return std::array{120U, 240U, 480U, 960U}[config % 4];                     // CELT
}

}  // namespace

std::uint32_t opus_packet_samples(std::string_view packet) {
  if (packet.empty()) return 0;
  const auto toc = static_cast<std::uint8_t>(packet[0]);
  std::uint32_t frames = 1;
  if (const unsigned code = toc & 3U; code == 3) {
    if (packet.size() < 2) return 0;
    frames = static_cast<std::uint8_t>(packet[1]) & 0x3FU;
  } else if (code != 0) {
    frames = 2;
  }
  const std::uint32_t samples = frames * frame_samples(toc >> 3U);
  return samples <= kMaxSamples ? samples : 0;
}

}  // namespace comcat::wire
