#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/playout/delay_estimator.h"
#include "comcat/playout/drift_meter.h"
#include "comcat/playout/jitter_buffer.h"
#include "comcat/playout/micros.h"

namespace comcat::playout {

/// What the arrivals of one speaker's packets teach: how long they should wait, and how fast his
/// clock runs. Tells a pause from a loss.
///
/// Threads  one at a time.
class Arrivals {
 public:
  /// How a packet stands to those before it.
  struct Order {
    bool reordered = false;    // a later one had come before
    bool first = false;        // nothing came before that is still to be compared with
    bool carries_fec = false;  // of the packet before it
  };

  explicit Arrivals(const PlayoutOptions& options) : estimator_(options) {}

  /// `packet` came at `now`.
  void insert(const JitterBuffer::Arrived& packet, const Order& order, base::Time now);

  /// The sender started again: nothing of what was learned holds.
  void restart();

  [[nodiscard]] const DelayEstimator& delays() const { return estimator_; }
  [[nodiscard]] double drift_ppm() const { return drift_.ppm(); }

 private:
  DelayEstimator estimator_;
  DriftMeter drift_;
  std::int64_t newest_sequence_ = 0;
  std::int64_t newest_end_ = 0;  // timestamp that follows the newest packet
};

}  // namespace comcat::playout
