#pragma once

#include <span>

namespace comcat::playout {

/// Keeps the sum of all speakers within full scale without the harshness of clipping: what is
/// below kKnee passes unchanged, what is above bends smoothly (tanh) towards 1 and never reaches
/// it. Works sample by sample, so it adds no delay. Not a number becomes silence.
///
/// Threads  any.
inline constexpr float kKnee = 0.8F;

void limit(std::span<float> samples);

}  // namespace comcat::playout
