#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

#include "comcat/audio/frame.h"

namespace comcat::voice {

/// Takes away what is below a voice: wind, traffic, the hum and the slow rise and fall of air in a
/// pipe. A Butterworth filter of second order (RBJ's cookbook), 48 kHz.
///
/// Threads    one at a time.
class RumbleFilter {
 public:
  /// The mean power of what is left of `samples`, which go on where the last ones ended.
  [[nodiscard]] double power_of(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) {
      const double out = kB0 * sample + kB1 * in_[0] + kB0 * in_[1] - kA1 * out_[0] - kA2 * out_[1];
      in_ = {sample, in_[0]};
      out_ = {out, out_[0]};
      sum += out * out;
    }
    return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
  }

 private:
  static constexpr double kHertz = 200;
  inline static const double kAngle = 2 * std::numbers::pi * kHertz / audio::kSampleRate;
  inline static const double kAlpha = std::sin(kAngle) / std::numbers::sqrt2;
  inline static const double kB0 = (1 + std::cos(kAngle)) / 2 / (1 + kAlpha);
  inline static const double kB1 = -2 * kB0;
  inline static const double kA1 = -2 * std::cos(kAngle) / (1 + kAlpha);
  inline static const double kA2 = (1 - kAlpha) / (1 + kAlpha);

  std::array<double, 2> in_{};
  std::array<double, 2> out_{};
};

}  // namespace comcat::voice
