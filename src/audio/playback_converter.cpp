#include "audio/playback_converter.h"

#include <algorithm>

namespace comcat::audio {

PlaybackConverter::PlaybackConverter(RenderHandler& handler, int channels, int rate_hz)
    : handler_(handler), channels_(static_cast<std::size_t>(channels)) {
  if (rate_hz != kSampleRate) resampler_.emplace(kSampleRate, rate_hz);
}

void PlaybackConverter::process(const float* /*in*/, float* out,
                                std::size_t frames) COMCAT_REALTIME {
  if (channels_ == 1) return render({out, frames});
  for (std::size_t done = 0; done < frames;) {
    const std::size_t count = std::min(frames - done, kChunkFrames);
    render(std::span<float>(mono_).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      std::fill_n(out + (done + i) * channels_, channels_, mono_[i]);
    }
    done += count;
  }
}

void PlaybackConverter::render(std::span<float> mono) COMCAT_REALTIME {
  if (!resampler_) return handler_.on_render(mono);
  while (!mono.empty()) {
    if (pending_.empty()) {
      handler_.on_render(block_);
      pending_ = block_;
    }
    const Resampler::Progress progress = resampler_->process(pending_, mono);
    pending_ = pending_.subspan(progress.consumed_samples);
    mono = mono.subspan(progress.produced_samples);
  }
}

}  // namespace comcat::audio
