#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "comcat/base/clock.h"

namespace comcat::playout {

/// How much faster the speaker's sound card runs than our clock, from the packets alone: the slope
/// of the smallest relative delay of each 10 s over up to ten minutes (least squares). The minimum
/// is what queues and stalls do not touch (Moon, Skelly and Towsley, "Estimation and removal of
/// clock skew from network delay measurements", INFOCOM 1999).
///
/// Threads  one at a time.
class DriftMeter {
 public:
  void insert(std::int64_t timestamp, base::Time now);

  /// Parts per million, positive where the speaker runs faster; 0 until a minute has been heard.
  [[nodiscard]] double ppm() const { return ppm_; }

  void reset() { *this = {}; }

 private:
  struct Minimum {
    double at_s = 0;
    double relative_us = 0;
  };

  void close();

  std::deque<Minimum> minima_;
  Minimum current_;
  base::Time begin_{};  // of the current ten seconds
  base::Time origin_{};
  std::int64_t first_timestamp_ = 0;
  bool begun_ = false;
  double ppm_ = 0;
};

}  // namespace comcat::playout
