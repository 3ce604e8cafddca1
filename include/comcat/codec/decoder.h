#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"

struct OpusDecoder;

namespace comcat::codec {

/// The longest packet of Opus: 120 ms at 48 kHz.
inline constexpr std::size_t kMaxPacketSamples = 5760;

/// The duration of a packet in 48 kHz samples, from its TOC alone; nothing where the packet is
/// malformed (opus_packet_parse). Safe on any bytes. Threads: any.
[[nodiscard]] std::optional<std::size_t> packet_samples(std::string_view packet);

/// True where the packet carries in-band FEC for the frame before it (RFC 6716 section 2.1.7). Safe
/// on any bytes. Threads: any.
[[nodiscard]] bool packet_has_fec(std::string_view packet);

/// One speaker's Opus decoder (mono, 48 kHz). Stereo packets come out mixed down.
/// Threads: one at a time.
class Decoder {
 public:
  [[nodiscard]] static absl::StatusOr<Decoder> create();

  /// Decodes one packet into the front of `out` (kMaxPacketSamples always suffice); returns the
  /// samples written, 0 where the packet is malformed.
  [[nodiscard]] std::size_t decode(std::string_view packet, std::span<float> out);

  /// Recovers the frame before `next` from the in-band FEC that `next` carries; `out` has exactly
  /// the lost frame's length. Where there is none, Opus conceals. Returns the samples written.
  [[nodiscard]] std::size_t decode_fec(std::string_view next, std::span<float> out);

  /// Packet loss concealment: invents out.size() samples (a multiple of 2.5 ms).
  [[nodiscard]] std::size_t conceal(std::span<float> out);

 private:
  struct Destroy {
    void operator()(OpusDecoder* decoder) const;
  };
  explicit Decoder(OpusDecoder* decoder);

  std::unique_ptr<OpusDecoder, Destroy> decoder_;
};

}  // namespace comcat::codec
