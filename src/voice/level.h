#pragma once

#include <algorithm>
#include <cmath>
#include <span>

/// Values and functions of them. Threads: any.
namespace comcat::voice {

/// The mean power of `samples`; a square wave of full scale has 1.
[[nodiscard]] inline double power_of(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += double{sample} * sample;
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

inline constexpr double kSilentDbfs = -120;

[[nodiscard]] inline double to_dbfs(double power) {
  return power > 0 ? std::max(kSilentDbfs, 10 * std::log10(power)) : kSilentDbfs;
}

[[nodiscard]] inline double level_dbfs(std::span<const float> samples) {
  return to_dbfs(power_of(samples));
}

}  // namespace comcat::voice
