#pragma once

#include "audio/sound_decoder.h"

namespace comcat::audio {

/// A SoundDecoder that can be set forward.
class SeekingDecoder : public SoundDecoder {
 public:
  /// Leaves the first `frames` out; false where the sound is shorter.
  [[nodiscard]] virtual bool skip(std::uint64_t frames) = 0;
};

/// What libsndfile reads. `bytes` must not shrink. Errors as open_decoder().
/// Threads    any to open; a decoder one at a time.
[[nodiscard]] absl::StatusOr<std::unique_ptr<SeekingDecoder>> open_sndfile_decoder(
    const Bytes& bytes, const std::string& what);

}  // namespace comcat::audio
