#include "audio/downmix.h"

#include <algorithm>
#include <cmath>

namespace comcat::audio {
namespace {

constexpr float kMemorySeconds = 0.3F;
constexpr float kGlideSeconds = 0.005F;
/// The sign stays until it is clearly the wrong one.
constexpr float kTurnsBelow = -0.3F;
constexpr float kMaxGain = 1.5F;
/// Beyond it a sample says nothing but that the file is broken, and squares would overflow.
constexpr float kLoudest = 16.0F;

float tamed(float sample) {
  return std::isfinite(sample) ? std::clamp(sample, -kLoudest, kLoudest) : 0.0F;
}

}  // namespace

ChannelJoin::ChannelJoin(int rate_hz)
    : glide_(1 - std::exp(-1 / (kGlideSeconds * static_cast<float>(rate_hz)))),
      lifetime_(kMemorySeconds * static_cast<float>(rate_hz)) {}

void ChannelJoin::measure(std::span<const float> sum, const float* added, std::size_t stride,
                          float weight) COMCAT_REALTIME {
  const float kept = std::exp(-static_cast<float>(sum.size()) / lifetime_);
  sum_power_ *= kept;
  added_power_ *= kept;
  product_ *= kept;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const float b = weight * tamed(added[i * stride]);
    sum_power_ += sum[i] * sum[i];
    added_power_ += b * b;
    product_ += sum[i] * b;
  }
}

void ChannelJoin::decide() COMCAT_REALTIME {
  const float geometric = std::sqrt(sum_power_) * std::sqrt(added_power_);
  if (!(geometric > 0)) {  // at most one of them is there
    wanted_gain_ = 1;
    return;
  }
  const float correlation = std::clamp(product_ / geometric, -1.0F, 1.0F);
  if (wanted_sign_ * correlation < kTurnsBelow) wanted_sign_ = -wanted_sign_;
  const float power = sum_power_ + added_power_;
  const float wanted = power - std::abs(correlation) * std::min(sum_power_, added_power_);
  const float plain = power + 2 * wanted_sign_ * product_;
  wanted_gain_ = plain > 0 ? std::min(std::sqrt(wanted / plain), kMaxGain) : kMaxGain;
  if (decided_) return;
  decided_ = true;
  gain_ = wanted_gain_;
  sign_ = wanted_sign_;
}

void ChannelJoin::add(std::span<float> sum, const float* added, std::size_t stride,
                      float weight) COMCAT_REALTIME {
  measure(sum, added, stride, weight);
  decide();
  for (std::size_t i = 0; i < sum.size(); ++i) {
    gain_ += glide_ * (wanted_gain_ - gain_);
    sign_ += glide_ * (wanted_sign_ - sign_);
    sum[i] = gain_ * (sum[i] + sign_ * weight * tamed(added[i * stride]));
  }
}

Downmix::Downmix(const ChannelWeights& weights, int rate_hz) : channels_(weights.size()) {
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (weights[c] > 0) used_.push_back({c, weights[c], ChannelJoin(rate_hz)});
  }
}

void Downmix::process(const float* interleaved, std::span<float> mono) COMCAT_REALTIME {
  std::fill(mono.begin(), mono.end(), 0.0F);
  for (Channel& channel : used_) {
    const float* const samples = interleaved + channel.index;
    if (&channel != &used_.front()) {
      channel.join.add(mono, samples, channels_, channel.weight);
      continue;
    }
    for (std::size_t i = 0; i < mono.size(); ++i) {
      mono[i] = channel.weight * tamed(samples[i * channels_]);
    }
  }
}

}  // namespace comcat::audio
