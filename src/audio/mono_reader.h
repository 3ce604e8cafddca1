#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "audio/downmix.h"
#include "audio/resampler.h"
#include "audio/sound_decoder.h"

namespace comcat::audio {

/// What a decoder gives as 48 kHz mono, finite and in [-1, 1]; as long as the sound lasts.
/// Threads    one at a time.
class MonoReader {
 public:
  explicit MonoReader(std::unique_ptr<SoundDecoder> decoder);

  /// Fills `out`; returns fewer samples than asked for only at the end.
  std::size_t read(std::span<float> out);

 private:
  Resampler::Progress convert(std::span<const float> in, std::span<float> out);
  [[nodiscard]] std::size_t left() const;
  bool refill();

  std::unique_ptr<SoundDecoder> decoder_;
  Downmix downmix_;
  std::optional<Resampler> resampler_;
  std::vector<float> interleaved_;
  std::vector<float> mono_;  // read and mixed down, not yet given out from position_ on
  std::size_t position_ = 0;
  std::uint64_t consumed_frames_ = 0;
  std::uint64_t produced_ = 0;
  bool ended_ = false;
};

}  // namespace comcat::audio
