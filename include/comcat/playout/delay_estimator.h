#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/playout/micros.h"

namespace comcat::playout {

/// How long one speaker's packets should wait before they are played.
///
/// The relative delay of a packet is its arrival on our clock less its capture on the speaker's:
/// the clocks' offset is unknown and does not matter, since only differences count. The best()
/// relative delay is the smallest lately; every delay of playout is told against it.
///
/// The target is chosen by rehearsal, as Jamulus does: a row of imagined buffers, one for each
/// delay from 0 to the maximum in steps of kStep, live through the real arrivals. A buffer that
/// runs dry conceals and then lags, as ours does, and catches up. What a buffer costs is its mean
/// delay (the first 30 ms at a quarter, since nobody notices them) and 26 ms for each percent of
/// speech that it had to conceal; NetEq's ReorderOptimizer trades loss for delay at 20 ms. The
/// cheapest is the target. So frequent jitter is waited for, while a rare long stall is not: it
/// would cost every minute's delay to save one gap.
///
/// Each buffer keeps two averages that forget at different rates, and the worse counts: the quick
/// one answers to a network that turns bad, the slow one remembers periodic stalls.
///
/// Threads  one at a time.
class DelayEstimator {
 public:
  explicit DelayEstimator(Micros max_delay);

  /// A packet whose first sample was captured at `timestamp` came at `now`. `follows_silence`: the
  /// speaker paused before it. `reordered`: later ones came before it.
  void insert(std::int64_t timestamp, std::int64_t samples, base::Time now, bool follows_silence,
              bool reordered);

  /// What the speaker's packets should wait, above the fastest: one block (10 ms) to max_delay.
  [[nodiscard]] Micros target() const;

  /// A packet that is later than this is unusual: it may not come in time for its block.
  [[nodiscard]] Micros usual() const;

  /// How long after the best packet's path the sample captured at `timestamp` is at `now`.
  [[nodiscard]] Micros delay(std::int64_t timestamp, base::Time now) const;

  /// Forgets everything: the sender started again.
  void reset();

 private:
  static constexpr Micros kStep{2500};
  static constexpr std::size_t kBuckets = 8;
  static constexpr Micros kBucket{500'000};  // of arrival time

  /// One imagined buffer.
  struct Rehearsal {
    double delay_ms = 0;  // now
    double quick = 0;     // concealed share, forgetting
    double slow = 0;
    double lag_ms = 0;  // delay above the buffer's own, forgetting slowly
  };

  void update_best(Micros relative, base::Time now);
  void shift(std::int64_t steps);
  void rehearse(double late_ms, double samples_ms, bool follows_silence, bool reordered);
  void choose();

  const Micros max_delay_;
  std::vector<Rehearsal> rehearsals_;  // [i] waits for i steps
  std::array<Micros, kBuckets> minima_{};
  std::size_t bucket_ = 0;
  base::Time bucket_end_{};
  Micros best_{0};
  bool begun_ = false;
  double heard_ms_ = 0;  // of speech, up to what the slow average remembers
  std::size_t chosen_ = 0;
};

}  // namespace comcat::playout
