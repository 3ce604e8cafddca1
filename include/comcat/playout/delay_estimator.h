#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/playout/best_delay.h"
#include "comcat/playout/micros.h"
#include "comcat/playout/playout_options.h"
#include "comcat/playout/recent_delays.h"
#include "comcat/playout/rehearsal.h"

namespace comcat::playout {

/// How long one speaker's packets should wait before they are played.
///
/// The relative delay of a packet is its arrival on our clock less its capture on the speaker's:
/// the clocks' offset is unknown and does not matter, since only differences count. The best
/// relative delay is the smallest lately; every delay of playout is told against it.
///
/// The target is what the cheapest buffer of a rehearsal waits. It never lies below what the
/// network offers at the moment: where all of the last 80 ms came late, a queue has grown, and a
/// delay that only the best packet of the last seconds could hold would be run dry again and again.
///
/// Threads  one at a time.
class DelayEstimator {
 public:
  explicit DelayEstimator(const PlayoutOptions& options)
      : max_delay_(options.max_delay), least_delay_(options.least_delay), rehearsal_(options) {}

  /// A packet whose first sample was captured at `timestamp` came at `now`. `follows_silence`: the
  /// speaker paused before it. `reordered`: later ones came before it.
  void insert(std::int64_t timestamp, std::int64_t samples, base::Time now, bool follows_silence,
              bool reordered);

  /// A packet came at `now` that can replace a lost one: that one's first sample was captured at
  /// `timestamp`.
  void insert_replacement(std::int64_t timestamp, std::int64_t samples, base::Time now);

  /// What the speaker's packets should wait, above the fastest: least_delay to max_delay.
  [[nodiscard]] Micros target() const;

  /// A packet that is later than this may not come in time for its block: it is unusual. Where more
  /// packets are lost and replaced than late, only what is later than the target is.
  [[nodiscard]] Micros usual() const;

  /// How long after the best packet's path the sample captured at `timestamp` is at `now`.
  [[nodiscard]] Micros delay(std::int64_t timestamp, base::Time now) const;

  /// Forgets everything: the sender started again.
  void reset();

 private:
  [[nodiscard]] Micros late(std::int64_t timestamp, base::Time now) const;
  enum class Absence { kNone, kLate, kReplaced };
  void count(Absence absence, std::int64_t samples);

  const Micros max_delay_;
  const Micros least_delay_;
  BestDelay best_;
  RecentDelays recent_;
  Rehearsal rehearsal_;
  // Of the packets, forgetting: those that had to be waited for, by why.
  double late_share_ = 0;
  double replaced_share_ = 0;
};

}  // namespace comcat::playout
