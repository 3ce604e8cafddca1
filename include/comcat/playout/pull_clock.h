#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "comcat/base/clock.h"

namespace comcat::playout {

/// The even clock behind pulls that come unevenly: a sound card that takes 480 samples now and 960
/// then still plays one each 1/48000 s. The earliest of the pulls of the last 320 ms, against their
/// place in the sound, says when this pull is due; that it came later is the sound card's affair
/// and must not be taken for the speaker's delay.
///
/// Threads  one at a time.
/// Memory   kMost pulls: 320 ms of a JACK server's of 64 frames.
class PullClock {
 public:
  /// One more pull, of `samples`, at `now`; returns when it was due, at or before `now`.
  base::Time tick(std::size_t samples, base::Time now);

 private:
  static constexpr std::size_t kMost = 256;

  struct Pull {
    std::int64_t place = 0;  // samples before it
    base::Duration lead{};   // of its time over that of its place
  };

  [[nodiscard]] base::Duration earliest() const;

  std::array<Pull, kMost> pulls_{};  // the newest at (count_ - 1) % kMost
  std::size_t count_ = 0;            // of pulls since the process was suspended
  std::int64_t samples_ = 0;
  base::Time begin_{};
};

}  // namespace comcat::playout
