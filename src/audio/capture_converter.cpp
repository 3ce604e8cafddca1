#include "audio/capture_converter.h"

#include <algorithm>

#include "comcat/audio/frame.h"

namespace comcat::audio {

CaptureConverter::CaptureConverter(CaptureHandler& handler, int channels, int rate_hz)
    : handler_(handler),
      channels_(static_cast<std::size_t>(channels)),
      downmix_(equal_weights(channels), rate_hz) {
  if (rate_hz != kSampleRate) resampler_.emplace(rate_hz, kSampleRate);
}

void CaptureConverter::process(const float* in, float* /*out*/,
                               std::size_t frames) COMCAT_REALTIME {
  if (in != nullptr && channels_ == 1) return deliver({in, frames});
  for (std::size_t done = 0; done < frames;) {
    const std::size_t count = std::min(frames - done, kChunkFrames);
    mix_down(in == nullptr ? nullptr : in + done * channels_, count);
    deliver(std::span<const float>(mono_).first(count));
    done += count;
  }
}

void CaptureConverter::mix_down(const float* in, std::size_t frames) COMCAT_REALTIME {
  if (in == nullptr) {
    std::fill_n(mono_.begin(), frames, 0.0F);
    return;
  }
  downmix_.process(in, std::span<float>(mono_).first(frames));
}

void CaptureConverter::deliver(std::span<const float> mono) COMCAT_REALTIME {
  if (!resampler_) return handler_.on_captured(mono);
  while (!mono.empty()) {
    const Resampler::Progress progress = resampler_->process(mono, resampled_);
    mono = mono.subspan(progress.consumed_samples);
    if (progress.produced_samples > 0) {
      handler_.on_captured(std::span<const float>(resampled_).first(progress.produced_samples));
    }
  }
}

}  // namespace comcat::audio
