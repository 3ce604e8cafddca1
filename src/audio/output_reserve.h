#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"

namespace comcat::audio {

/// How many samples have to wait for a device so that it never finds too few.
///
/// A device takes what it plays in bursts: a JACK server of 4096 frames 85 ms at once. What it has
/// taken ahead of the clock, measured as a leaky bucket, is what must have been there; it is filled
/// up again by the clock and not at once, so that packets are mixed no earlier than they need be.
/// The fullest that the bucket was in the last 5 to 10 s is the burst to be ready for: it follows a
/// device whose period changes. What was missed all the same, because this machine was late, counts
/// as part of the burst.
///
/// Bounds     a burst of 10 to 250 ms; one block is kept beyond it.
/// Threads    one at a time.
class OutputReserve {
 public:
  static constexpr std::size_t kMaxBurstSamples = 12'000;

  /// The device has asked for `samples` at `now`, and `missed` of them were not there.
  void took(base::Time now, std::size_t samples, std::size_t missed);

  /// What should wait for the device at `now`.
  [[nodiscard]] std::size_t wanted_samples(base::Time now) const;
  /// When it wants more than `samples`, which it does not at `now`; never far away.
  [[nodiscard]] base::Time refill_time(std::size_t samples, base::Time now) const;
  /// The most that waits: what the reserve adds to the delay.
  [[nodiscard]] std::size_t depth_samples() const { return burst_samples() + kBlockSamples; }

 private:
  static constexpr std::chrono::seconds kWindow{5};

  [[nodiscard]] double ahead_samples(base::Time now) const;
  [[nodiscard]] std::size_t burst_samples() const;

  double ahead_samples_ = 0;  // taken before the clock asked for it, at last_
  base::Time last_{};
  base::Time window_began_{};
  std::array<std::size_t, 2> bursts_{kBlockSamples,
                                     kBlockSamples};  // of this window, the one before
};

}  // namespace comcat::audio
