#include "audio/resampler.h"

#include <algorithm>
#include <cassert>

#include <speex/speex_resampler.h>

namespace comcat::audio {
namespace {

constexpr int kQuality = SPEEX_RESAMPLER_QUALITY_DESKTOP;
constexpr std::size_t kMaxAtOnce = 1 << 16;

SpeexResamplerState* speex(void* state) {
  return static_cast<SpeexResamplerState*>(state);
}

}  // namespace

void Resampler::Free::operator()(void* state) const {
  speex_resampler_destroy(speex(state));
}

Resampler::Resampler(int from_rate_hz, int to_rate_hz) {
  assert(from_rate_hz > 0 && to_rate_hz > 0);
  int error = RESAMPLER_ERR_SUCCESS;
  state_.reset(speex_resampler_init(1, static_cast<spx_uint32_t>(from_rate_hz),
                                    static_cast<spx_uint32_t>(to_rate_hz), kQuality, &error));
  assert(state_ != nullptr && error == RESAMPLER_ERR_SUCCESS);
  speex_resampler_skip_zeros(speex(state_.get()));
}

Resampler::Progress Resampler::process(std::span<const float> in,
                                       std::span<float> out) COMCAT_REALTIME {
  Progress progress;
  while (progress.produced_samples < out.size() && progress.consumed_samples < in.size()) {
    auto taken =
        static_cast<spx_uint32_t>(std::min(in.size() - progress.consumed_samples, kMaxAtOnce));
    auto given =
        static_cast<spx_uint32_t>(std::min(out.size() - progress.produced_samples, kMaxAtOnce));
    speex_resampler_process_float(speex(state_.get()), 0, in.data() + progress.consumed_samples,
                                  &taken, out.data() + progress.produced_samples, &given);
    if (taken == 0 && given == 0) break;
    progress.consumed_samples += taken;
    progress.produced_samples += given;
  }
  return progress;
}

}  // namespace comcat::audio
