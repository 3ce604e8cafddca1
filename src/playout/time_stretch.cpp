#include "comcat/playout/time_stretch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace comcat::playout {
namespace {

constexpr std::size_t kDecimation = 4;  // the search is coarse at 12 kHz, then exact
constexpr float kSilentEnergy = 1e-6F;  // of one overlap: -84 dBFS
constexpr float kWorthShorter = 0.01F;  // a shorter lag must match better than a longer by this
constexpr std::size_t kCoarse = kOverlapSamples / kDecimation;

using Coarse = std::array<float, (kMaxLagSamples + kOverlapSamples) / kDecimation>;

float dot(const float* a, const float* b, std::size_t count) {
  std::array<float, 4> sums{};  // independent, so that the compiler may vectorise
  for (std::size_t i = 0; i + 4 <= count; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

/// The normalised correlation of two stretches of `count` samples; two silences match.
float match(const float* a, const float* b, std::size_t count) {
  const float energy_a = dot(a, a, count);
  const float energy_b = dot(b, b, count);
  if (energy_a < kSilentEnergy && energy_b < kSilentEnergy) return 1;
  return dot(a, b, count) / std::sqrt((energy_a + kSilentEnergy) * (energy_b + kSilentEnergy));
}

void decimate(const float* from, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i, from += kDecimation) {
    to[i] = 0.25F * (from[0] + from[1] + from[2] + from[3]);
  }
}

/// The best lag within [kMinLagSamples, most] between the kOverlapSamples at `low` + `fixed` and
/// those one lag away, where all lie in the most + kOverlapSamples samples from `low`. `direction`
/// is 1 where the fixed end is the earlier, -1 where it is the later.
Splice search(const float* low, std::size_t fixed, int direction, std::size_t most) {
  Coarse coarse;
  const std::size_t steps = most / kDecimation;
  decimate(low, steps + kCoarse, coarse.data());
  const auto at = [&](std::size_t lag) { return direction > 0 ? fixed + lag : fixed - lag; };
  Splice best;
  best.match = -2;
  for (std::size_t step = steps; step >= kMinLagSamples / kDecimation; --step) {
    const std::size_t lag = step * kDecimation;
    const float found =
        match(coarse.data() + fixed / kDecimation, coarse.data() + at(lag) / kDecimation, kCoarse);
    if (found > best.match + kWorthShorter) best = {lag, found};
  }
  const std::size_t from = std::max(best.lag_samples - kDecimation + 1, kMinLagSamples);
  const std::size_t to = std::min(best.lag_samples + kDecimation - 1, most);
  best.match = -2;
  for (std::size_t lag = to; lag >= from; --lag) {
    const float found = match(low + fixed, low + at(lag), kOverlapSamples);
    if (found > best.match) best = {lag, found};
  }
  return best;
}

/// `from` fading into `to`.
std::array<float, kOverlapSamples> cross_fade(const float* from, const float* to) {
  std::array<float, kOverlapSamples> blend;
  for (std::size_t i = 0; i < blend.size(); ++i) {
    const float part = (static_cast<float>(i) + 0.5F) / static_cast<float>(blend.size());
    blend[i] = from[i] + part * (to[i] - from[i]);
  }
  return blend;
}

constexpr std::size_t whole_steps(std::size_t samples) {
  return samples / kDecimation * kDecimation;
}

}  // namespace

Splice find_cut(const SampleQueue& queue, std::size_t most_samples) {
  if (queue.ahead() < kMinLagSamples + kOverlapSamples) return {};
  const std::size_t most =
      whole_steps(std::min({most_samples, kMaxLagSamples, queue.ahead() - kOverlapSamples}));
  if (most < kMinLagSamples) return {};
  return search(queue.waiting().data(), 0, 1, most);
}

Splice find_repeat(const SampleQueue& queue, std::size_t most_samples) {
  const std::size_t most = whole_steps(std::min(most_samples, kMaxLagSamples));
  if (queue.ahead() < kOverlapSamples || most < kMinLagSamples) return {};
  return search(queue.waiting().data() - most, most, -1, most);
}

void cut(SampleQueue& queue, const Splice& splice) {
  const float* const from = queue.waiting().data();
  queue.remove(splice.lag_samples, cross_fade(from, from + splice.lag_samples));
}

void repeat(SampleQueue& queue, const Splice& splice) {
  const float* const now = queue.waiting().data();
  const float* const then = now - splice.lag_samples;
  const auto blend = cross_fade(now, then);
  // What comes out is the blend, the rest of the repeated stretch, and then all that waited; a lag
  // shorter than the overlap lets the blend reach into what waits.
  std::array<float, kMaxLagSamples> again;
  const std::size_t inserted = splice.lag_samples;
  const std::size_t blended = std::min(inserted, kOverlapSamples);
  std::copy_n(blend.begin(), blended, again.begin());
  std::copy(then + blended, now, again.begin() + static_cast<std::ptrdiff_t>(blended));
  queue.replace_front(std::span(blend).subspan(blended));
  queue.prepend(std::span(again).first(inserted));
}

}  // namespace comcat::playout
