#include "comcat/transport/congestion.h"

#include <algorithm>
#include <utility>

namespace comcat::transport {

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

}  // namespace comcat::transport
