#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/playout/micros.h"
#include "comcat/playout/playout_options.h"

namespace comcat::playout {

/// A row of imagined buffers, one for each delay from 0 to the greatest in steps of kStep, that
/// live through the real arrivals, as Jamulus has them. A buffer that runs dry conceals and then
/// lags, as ours does, and catches up. What a buffer costs is its mean delay (the first 30 ms at a
/// quarter, since nobody notices them) and gap_price (26 ms) for each percent of speech that it had
/// to conceal; NetEq's ReorderOptimizer trades loss for delay at 20 ms. So frequent jitter is
/// waited for, while a rare long stall is not: it would cost every minute's delay to save one gap.
///
/// Each buffer keeps two averages that forget at different rates, and the worse counts: the quick
/// one answers to a network that turns bad, the slow one remembers periodic stalls.
///
/// Moving has a price too: on a calm path, which needs at most 40 ms, a shorter buffer is chosen
/// only when it has been cheaper for kEvidenceMs of speech, so that the delay does not go up and
/// down within seconds. Elsewhere following is worth more.
///
/// Threads  one at a time.
class Rehearsal {
 public:
  /// A packet, or what can replace a lost one.
  struct Packet {
    double late_ms = 0;  // after the best delay
    double samples_ms = 20;
    bool follows_silence = false;
    bool in_order = true;  // where it is not, it sets no pace
  };

  explicit Rehearsal(const PlayoutOptions& options);

  void insert(const Packet& packet);

  /// The best delay has changed by so much: another route.
  void shift(Micros change);

  void reset();

  /// What the chosen buffer waits: the cheapest one, if need be of the last kEvidenceMs.
  [[nodiscard]] Micros chosen() const { return static_cast<std::int64_t>(chosen_) * kStep; }

 private:
  static constexpr Micros kStep{2500};
  static constexpr double kEvidenceMs = 3000;

  struct Buffer {
    double delay_ms = 0;  // now
    double quick = 0;     // concealed share, forgetting
    double slow = 0;
    double lag_ms = 0;  // delay above the buffer's own, forgetting slowly
  };

  [[nodiscard]] std::size_t cheapest() const;
  void move_to(std::size_t cheapest, double samples_ms);

  const double gap_price_ms_;
  const double expected_ms_;
  std::vector<Buffer> buffers_;  // [i] waits for i steps
  double heard_ms_ = 0;          // of speech, up to what the slow average remembers
  std::size_t chosen_ = 0;
  // What has been cheapest since all were shorter than the chosen one: the longest, and for how
  // much speech.
  std::size_t shorter_ = 0;
  double shorter_ms_ = 0;
};

}  // namespace comcat::playout
