#pragma once

#include "audio/sound_decoder.h"

namespace comcat::audio {

/// Whether `bytes` begin with FLAC in Ogg, which libsndfile 1.2 knows of but does not read.
[[nodiscard]] bool is_ogg_flac(const ByteInput& bytes);

/// One link of an Ogg file, read by libFLAC. Errors as open_decoder().
/// Threads    any to open; a decoder one at a time.
[[nodiscard]] absl::StatusOr<std::unique_ptr<SoundDecoder>> open_ogg_flac_decoder(
    const Bytes& bytes, const std::string& what);

}  // namespace comcat::audio
