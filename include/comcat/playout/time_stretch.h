#pragma once

#include <cstddef>

#include "comcat/playout/sample_queue.h"

namespace comcat::playout {

/// Time stretching of speech by overlap-add at the best match: one stretch of up to 15 ms, a whole
/// number of pitch periods where there is a pitch, is left out or said twice, and its ends are
/// cross-faded over 5 ms. Pitch does not change. (Verhelst and Roelands, "An overlap-add technique
/// based on waveform similarity", ICASSP 1993; NetEq's Accelerate and PreemptiveExpand cut by
/// pitch periods in the same way.)
///
/// Threads  whoever may touch the queue.
inline constexpr std::size_t kMinLagSamples = 120;   // 2.5 ms: a pitch of 400 Hz
inline constexpr std::size_t kMaxLagSamples = 720;   // 15 ms: a pitch of 67 Hz
inline constexpr std::size_t kOverlapSamples = 240;  // 5 ms

/// Where a splice would be heard least.
struct Splice {
  std::size_t lag_samples = 0;  // 0: there is none, too few samples or no time to move
  float match = 0;              // normalised correlation of the two ends, at most 1
};

/// The best splice that takes away at most `most_samples` of what waits in `queue`.
[[nodiscard]] Splice find_cut(const SampleQueue& queue, std::size_t most_samples);

/// The best splice that plays again at most `most_samples` of what was last played. It needs just
/// kOverlapSamples waiting.
[[nodiscard]] Splice find_repeat(const SampleQueue& queue, std::size_t most_samples);

/// Carries a splice out: REQUIRES that it was found in `queue` as it is and has a lag.
void cut(SampleQueue& queue, const Splice& splice);
void repeat(SampleQueue& queue, const Splice& splice);

}  // namespace comcat::playout
