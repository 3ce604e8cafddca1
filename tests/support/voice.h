#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

#include "comcat/audio/frame.h"

namespace comcat::testing {

/// Something that Opus takes for speech, the same each time: 120 Hz with overtones in three
/// formants, four syllables a second with a glide in each.
inline std::vector<float> voice(std::size_t samples, std::uint64_t first = 0) {
  constexpr double kPi = std::numbers::pi;
  std::vector<float> out(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double t = static_cast<double>(first + i) / audio::kSampleRate;
    const double phase = 2 * kPi * (120 * t + std::sin(2 * kPi * 2 * t));
    double sum = 0;
    for (int k = 1; k <= 25; ++k) {
      const double hertz = 120.0 * k;
      const double formants = std::exp(-std::pow((hertz - 500) / 200, 2)) +
                              0.5 * std::exp(-std::pow((hertz - 1500) / 250, 2)) +
                              0.3 * std::exp(-std::pow((hertz - 2500) / 300, 2));
      sum += (formants + 0.02) * std::sin(k * phase);
    }
    const double syllable = std::max(0.0, std::sin(2 * kPi * 4 * t) + 0.3) / 1.3;
    out[i] = static_cast<float>(0.15 * sum * syllable);
  }
  return out;
}

}  // namespace comcat::testing
