#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "comcat/base/realtime.h"

namespace comcat::audio {

/// Changes the sampling rate of one mono signal (speexdsp's windowed sinc).
///
/// Memory     taken by the constructor; process() allocates nothing.
/// Rates      1 Hz or more; quality suits speech, delay is under 2 ms at voice rates.
/// Threads    one at a time.
class Resampler {
 public:
  Resampler(int from_rate_hz, int to_rate_hz);

  struct Progress {
    std::size_t consumed_samples = 0;
    std::size_t produced_samples = 0;
  };

  /// Takes from `in` and writes to `out` until one of them is used up.
  Progress process(std::span<const float> in, std::span<float> out) COMCAT_REALTIME;

 private:
  struct Free {
    void operator()(void* state) const;
  };
  std::unique_ptr<void, Free> state_;
};

}  // namespace comcat::audio
