#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "comcat/audio/frame.h"

namespace comcat::testing {

/// `samples` samples of a sine of `hertz` that begins at sample `first` of an endless one.
inline std::vector<float> tone(double hertz, double amplitude, std::size_t samples,
                               std::uint64_t first = 0) {
  std::vector<float> out(samples);
  const double step = 2 * std::numbers::pi * hertz / audio::kSampleRate;
  for (std::size_t i = 0; i < samples; ++i) {
    out[i] = static_cast<float>(amplitude * std::sin(step * static_cast<double>(first + i)));
  }
  return out;
}

/// The amplitude of the sine of `hertz` within `samples` (Goertzel's single bin).
inline double amplitude_at(double hertz, std::span<const float> samples) {
  const double step = 2 * std::numbers::pi * hertz / audio::kSampleRate;
  double re = 0;
  double im = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    re += samples[i] * std::cos(step * static_cast<double>(i));
    im += samples[i] * std::sin(step * static_cast<double>(i));
  }
  return 2 * std::hypot(re, im) / static_cast<double>(samples.size());
}

}  // namespace comcat::testing
