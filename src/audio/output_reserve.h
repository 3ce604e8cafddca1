#pragma once

#include <chrono>
#include <cstddef>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"

namespace comcat::audio {

/// How many samples have to wait for a device, and when: as late as may be, and never too few.
///
/// A device takes what it plays in bursts: a JACK server of 4096 frames 85 ms at once. By the time
/// that it asks again as much must wait as it ever takes at once, and no sooner: what is mixed
/// early misses the packets that come meanwhile. Learned are
///   line    when it asks: all that it has taken against the clock, at the earliest of the last 1
///   to
///           2 s. One that came late asks for the next on time all the same,
///   burst   what it takes at once; the most of the last 10 to 20 s,
///   late    how late whoever fills up is done, likewise, or how much sooner than expected the
///   device
///           asks, which comes to the same; what happened only once is no habit. By that and a
///           little more it begins sooner.
/// Line and burst are forgotten sooner in the beginning, which is rough.
///
/// Bounds     a burst of 250 ms, 50 ms of lateness on either side. Bursts longer than a block are
///            filled up by the clock, block by block.
/// Threads    one at a time.
class OutputReserve {
 public:
  static constexpr std::size_t kMaxBurstSamples = 12'000;
  static constexpr std::size_t kMostUnevenSamples = 2'400;

  /// Somebody is taken to be so late until the first 10 to 20 s have shown otherwise.
  explicit OutputReserve(base::Duration first_lateness = {})
      : late_seconds_(std::chrono::seconds(10),
                      std::chrono::duration<double>(first_lateness).count(),
                      std::chrono::seconds(10)) {}

  /// The device has asked for `samples` at `now`.
  void took(base::Time now, std::size_t samples);
  /// Whoever fills up was done at `now`, so much later than refill_time().
  void came_late(base::Duration late, base::Time now);

  /// What should wait for the device at `now`.
  [[nodiscard]] std::size_t wanted_samples(base::Time now) const;
  /// When it wants more than `samples`, which it does not at `now`; never far away.
  [[nodiscard]] base::Time refill_time(std::size_t samples, base::Time now) const;
  /// From filling up to the device: what the reserve adds to the delay.
  [[nodiscard]] std::chrono::microseconds delay() const;

 private:
  /// The most of a window and of the one before it. The first windows are short.
  class Most {
   public:
    Most(base::Duration window, double first,
         base::Duration first_window = std::chrono::milliseconds(500))
        : window_(window), length_(first_window), now_(first), before_(first) {}
    void add(double value, base::Time now);
    void reset(double value) { now_ = before_ = value; }
    [[nodiscard]] double get() const { return now_ > before_ ? now_ : before_; }

   private:
    const base::Duration window_;
    base::Duration length_;
    base::Time began_{};
    double now_;
    double before_;
  };

  [[nodiscard]] double ahead_samples(base::Time now) const;
  [[nodiscard]] double burst_samples() const;
  [[nodiscard]] double step_samples() const;
  [[nodiscard]] base::Duration margin() const;
  [[nodiscard]] base::Time next_turn(base::Time now) const;

  base::Time last_{};
  double ahead_samples_ = 0;  // taken before the clock asked for it, at last_
  double burst_ = 0;          // samples of the turns that were one
  Most line_samples_{std::chrono::seconds(1), -1e9};  // ahead when a burst began
  Most burst_samples_{std::chrono::seconds(10), kBlockSamples};
  Most late_seconds_;
  double latest_seconds_ = 0;
  base::Time latest_at_{};
};

}  // namespace comcat::audio
