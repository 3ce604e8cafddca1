#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct OpusEncoder;

namespace comcat::codec {

/// The largest packet that RFC 6716 section 3.4 allows one frame to be.
inline constexpr std::size_t kMaxPacketBytes = 1275;

struct EncoderOptions {
  std::chrono::milliseconds frame{20};  // 10, 20, 40 or 60
  int bitrate_bps = 32'000;             // 6000-128000
  bool discontinuous = true;            // DTX: (nearly) nothing is sent in silence
  int expected_loss_percent = 0;        // above 0: in-band FEC
};

/// One speaker's Opus encoder (VoIP, mono, 48 kHz; RFC 6716).
/// Threads: one at a time.
class Encoder {
 public:
  [[nodiscard]] static absl::StatusOr<Encoder> create(const EncoderOptions& options);

  /// The packet for exactly one frame of samples, valid until the next call. Empty when DTX says
  /// that nothing need be sent.
  [[nodiscard]] std::string_view encode(std::span<const float> frame);

  [[nodiscard]] std::size_t frame_samples() const { return frame_samples_; }

 private:
  struct Destroy {
    void operator()(OpusEncoder* encoder) const;
  };
  Encoder(OpusEncoder* encoder, std::size_t frame_samples);

  std::unique_ptr<OpusEncoder, Destroy> encoder_;
  std::size_t frame_samples_;
  std::string packet_;
};

/// The level of `samples` in -dBov as RFC 6464 defines it: 0 is full scale, 127 is silence.
/// Threads: any.
[[nodiscard]] std::uint8_t level_dbov(std::span<const float> samples);

}  // namespace comcat::codec
