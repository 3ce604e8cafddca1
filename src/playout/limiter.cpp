#include "comcat/playout/limiter.h"

#include <cmath>

namespace comcat::playout {

void limit(std::span<float> samples) {
  for (float& sample : samples) {
    const float size = std::abs(sample);
    if (size <= kKnee) continue;
    if (std::isnan(sample)) {
      sample = 0;
      continue;
    }
    const float bent = kKnee + (1 - kKnee) * std::tanh((size - kKnee) / (1 - kKnee));
    sample = std::copysign(bent, sample);
  }
}

}  // namespace comcat::playout
