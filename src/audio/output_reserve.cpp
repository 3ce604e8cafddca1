#include "audio/output_reserve.h"

#include <algorithm>
#include <cmath>

namespace comcat::audio {
namespace {

/// A hundredth faster than any sound card's clock, so that its error does not add up.
constexpr double kLeakSamplesPerSecond = 1.01 * kSampleRate;
constexpr std::chrono::milliseconds kLongNap{100};

}  // namespace

void OutputReserve::took(base::Time now, std::size_t samples, std::size_t missed) {
  if (now - window_began_ >= kWindow) {
    bursts_ = {kBlockSamples, now - window_began_ >= 2 * kWindow ? kBlockSamples : bursts_[0]};
    window_began_ = now;
  }
  ahead_samples_ = std::min(ahead_samples(now) + static_cast<double>(samples),
                            static_cast<double>(kMaxBurstSamples));
  last_ = now;
  // What was missed in spite of the burst that was expected was missed by coming late.
  const std::size_t late = missed == 0 ? 0 : burst_samples() + missed;
  bursts_[0] = std::min(std::max({bursts_[0], static_cast<std::size_t>(ahead_samples_), late}),
                        kMaxBurstSamples);
}

double OutputReserve::ahead_samples(base::Time now) const {
  const std::chrono::duration<double> since = now - last_;
  return std::max(0.0, ahead_samples_ - kLeakSamplesPerSecond * since.count());
}

std::size_t OutputReserve::burst_samples() const {
  return std::max(bursts_[0], bursts_[1]);
}

std::size_t OutputReserve::wanted_samples(base::Time now) const {
  const auto ahead = static_cast<std::size_t>(std::ceil(ahead_samples(now)));
  return depth_samples() - std::min(ahead, burst_samples());
}

base::Time OutputReserve::refill_time(std::size_t samples, base::Time now) const {
  if (samples >= depth_samples()) return now + kLongNap;
  const auto more = static_cast<double>(samples - std::min(samples, wanted_samples(now)) + 1);
  const std::chrono::duration<double> until(more / kLeakSamplesPerSecond);
  return now + std::min<base::Duration>(kLongNap, std::chrono::ceil<base::Duration>(until));
}

}  // namespace comcat::audio
