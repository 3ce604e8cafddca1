#pragma once

#include <array>
#include <cstddef>

#include "comcat/base/clock.h"
#include "comcat/playout/micros.h"

namespace comcat::playout {

/// The smallest relative delay of the last 4 s: what every delay of playout is told against.
///
/// Threads  one at a time.
class BestDelay {
 public:
  /// A packet with the delay `relative` came at `now`. Returns by how much the best has changed.
  Micros insert(Micros relative, base::Time now);

  void reset() { known_ = false; }

  /// A packet has come.
  [[nodiscard]] bool known() const { return known_; }

  [[nodiscard]] Micros get() const { return best_; }

 private:
  static constexpr std::size_t kBuckets = 8;
  static constexpr Micros kBucket{500'000};  // of arrival time

  std::array<Micros, kBuckets> minima_{};
  std::size_t bucket_ = 0;
  base::Time bucket_end_{};
  Micros best_{0};
  bool known_ = false;
};

}  // namespace comcat::playout
