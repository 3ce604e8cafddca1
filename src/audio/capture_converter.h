#pragma once

#include <array>
#include <optional>

#include "comcat/audio/source.h"

#include "audio/downmix.h"
#include "audio/resampler.h"
#include "audio/stream_processor.h"

namespace comcat::audio {

/// Hands what a device captured to `handler` as 48 kHz mono: channels are joined (Downmix),
/// another rate is resampled. Untouched and in one piece where the device gives that already.
/// Threads    as StreamProcessor; the handler is called from process().
class CaptureConverter final : public StreamProcessor {
 public:
  CaptureConverter(CaptureHandler& handler, int channels, int rate_hz);

  /// A null `in` counts as silence.
  void process(const float* in, float* out, std::size_t frames) COMCAT_REALTIME override;

 private:
  static constexpr std::size_t kChunkFrames = 480;

  void mix_down(const float* in, std::size_t frames) COMCAT_REALTIME;
  void deliver(std::span<const float> mono) COMCAT_REALTIME;

  CaptureHandler& handler_;
  const std::size_t channels_;
  Downmix downmix_;
  std::optional<Resampler> resampler_;
  std::array<float, kChunkFrames> mono_{};
  std::array<float, kChunkFrames> resampled_{};
};

}  // namespace comcat::audio
