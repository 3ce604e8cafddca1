#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audio/byte_input.h"
#include "audio/channel_layout.h"

namespace comcat::audio {

struct SoundFormat {
  int rate_hz = 0;
  int channels = 0;
  ChannelWeights weights;  // one for each channel
};

/// Sound of one format, read piece by piece.
/// Threads    one at a time. May wait for the disk.
class SoundDecoder {
 public:
  virtual ~SoundDecoder() = default;
  [[nodiscard]] virtual const SoundFormat& format() const = 0;
  /// Fills whole frames, interleaved, and returns how many; 0 at the end only.
  virtual std::size_t read(std::span<float> interleaved) = 0;
};

/// Whatever libsndfile reads, with its header mended (unfinished_header.h), or FLAC in Ogg, which
/// libsndfile does not. kInvalidArgument with a sentence that begins with `what`.
[[nodiscard]] absl::StatusOr<std::unique_ptr<SoundDecoder>> open_decoder(const Bytes& bytes,
                                                                         const std::string& what);

/// As open_decoder(), but where `bytes` have grown by the time their end is reached, it goes on: a
/// recording that is still going on can be spoken.
[[nodiscard]] absl::StatusOr<std::unique_ptr<SoundDecoder>> open_growing_decoder(
    const Bytes& bytes, const std::string& what);

/// Every format that is refused is refused in the same words.
[[nodiscard]] absl::Status unreadable(const std::string& what, const std::string& reason);

/// 1 to 768 kHz and 1 to 64 channels are read.
[[nodiscard]] absl::Status check_format(int rate_hz, int channels, const std::string& what);

}  // namespace comcat::audio
