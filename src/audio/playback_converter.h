#pragma once

#include <array>
#include <optional>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"

#include "audio/resampler.h"
#include "audio/stream_processor.h"

namespace comcat::audio {

/// Fills a device's buffer from `handler`'s 48 kHz mono: every channel gets the same, another rate
/// is resampled. The handler writes straight into the buffer where the device takes that already.
/// Threads    as StreamProcessor; the handler is called from process().
class PlaybackConverter final : public StreamProcessor {
 public:
  PlaybackConverter(RenderHandler& handler, int channels, int rate_hz);

  void process(const float* in, float* out, std::size_t frames) COMCAT_REALTIME override;

 private:
  static constexpr std::size_t kChunkFrames = 480;

  void render(std::span<float> mono) COMCAT_REALTIME;

  RenderHandler& handler_;
  const std::size_t channels_;
  std::optional<Resampler> resampler_;
  Block block_{};
  std::span<const float> pending_;  // of block_: rendered, not yet resampled
  std::array<float, kChunkFrames> mono_{};
};

}  // namespace comcat::audio
