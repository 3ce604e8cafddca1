#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace comcat::playout {

/// What playout asks of a speaker's decoder; Opus in production, a recorder in tests. The
/// functions are those of codec::Decoder, and so are the bounds.
///
/// Threads  one at a time.
class FrameDecoder {
 public:
  virtual ~FrameDecoder() = default;
  [[nodiscard]] virtual std::size_t decode(std::string_view packet, std::span<float> out) = 0;
  [[nodiscard]] virtual std::size_t decode_fec(std::string_view next, std::span<float> out) = 0;
  [[nodiscard]] virtual std::size_t conceal(std::span<float> out) = 0;
};

/// Makes the decoder of a speaker that begins to speak; null where there is no memory for one.
///
/// Threads    one at a time, but opus_decoders(), which has no state: any.
/// Ownership  what it makes is the caller's.
class DecoderFactory {
 public:
  virtual ~DecoderFactory() = default;
  [[nodiscard]] virtual std::unique_ptr<FrameDecoder> make() = 0;
};

/// Opus decoders.
[[nodiscard]] DecoderFactory& opus_decoders();

}  // namespace comcat::playout
