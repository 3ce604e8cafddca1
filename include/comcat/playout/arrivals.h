#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/playout/delay_estimator.h"
#include "comcat/playout/drift_meter.h"
#include "comcat/playout/jitter_buffer.h"
#include "comcat/playout/micros.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::playout {

/// What the arrivals of one speaker's packets teach: how long they should wait, and how fast his
/// clock runs. Tells a pause from a loss. The delays of one way say nothing of another: where
/// kOtherWaySamples of speech have come by another than before, those are learned anew.
///
/// Threads  one at a time.
class Arrivals {
 public:
  static constexpr std::int64_t kOtherWaySamples = 48 * 200;

  /// How a packet stands to those before it.
  struct Order {
    bool reordered = false;    // a later one had come before
    bool first = false;        // nothing came before that is still to be compared with
    bool carries_fec = false;  // of the packet before it
    wire::Via via = wire::Via::kStream;
  };

  explicit Arrivals(const PlayoutOptions& options) : estimator_(options) {}

  /// `packet` came at `now`.
  void insert(const JitterBuffer::Arrived& packet, const Order& order, base::Time now);

  /// The sender started again: nothing of what was learned holds.
  void restart();

  [[nodiscard]] const DelayEstimator& delays() const { return estimator_; }
  [[nodiscard]] double drift_ppm() const { return drift_.ppm(); }

 private:
  void watch_way(const Order& order, std::int64_t samples);

  DelayEstimator estimator_;
  DriftMeter drift_;
  std::int64_t newest_sequence_ = 0;
  std::int64_t newest_end_ = 0;  // timestamp that follows the newest packet
  wire::Via via_ = wire::Via::kStream;
  std::int64_t other_way_samples_ = 0;  // in a row
};

}  // namespace comcat::playout
