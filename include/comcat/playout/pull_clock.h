#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "comcat/base/clock.h"

namespace comcat::playout {

/// The even clock behind pulls that come unevenly: a sound card that takes 480 samples now and 960
/// then still plays one each 1/48000 s. The earliest of the last 32 pulls, against their number,
/// says when this pull is due; that it came later is the sound card's affair and must not be taken
/// for the speaker's delay.
///
/// Threads  one at a time.
class PullClock {
 public:
  /// One more pull of 10 ms at `now`; returns when it was due, at or before `now`.
  base::Time tick(base::Time now);

 private:
  static constexpr std::size_t kPulls = 32;

  std::array<base::Duration, kPulls> leads_{};  // of a pull's time over its number x 10 ms
  std::size_t count_ = 0;
  base::Time begin_{};
};

}  // namespace comcat::playout
