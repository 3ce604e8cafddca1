#include "comcat/datagram/congestion.h"

#include <algorithm>
#include <utility>

namespace comcat::datagram {

void Congestion::told(const Report& report, base::Time now) {
  if (report.highest == 0) return;
  if (const auto sent = sent_.take(report.highest - 1)) note(now - *sent, now);
}

void Congestion::note(base::Duration round_trip, base::Time now) {
  if (now - stretch_began_ >= kMemory) {
    stretch_began_ = now;
    shortest_before_ = std::exchange(shortest_, base::Duration::max());
  }
  shortest_ = std::min(shortest_, round_trip);
  queue_ = round_trip - std::min(shortest_, shortest_before_);
  noted_at_ = now;
}

base::Duration Congestion::queue(base::Time now) const {
  return now - noted_at_ <= kLately ? queue_ : base::Duration::zero();
}

}  // namespace comcat::datagram
