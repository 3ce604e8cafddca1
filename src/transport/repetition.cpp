#include "comcat/transport/repetition.h"

#include <algorithm>
#include <utility>

namespace comcat::transport {

bool Repetition::wanted(double loss, std::optional<base::Duration> round_trip, base::Time now) {
  if (loss >= (repeats_ ? kEnd : kBegin)) {
    repeats_ = true;
    lossy_at_ = now;
  } else if (now - lossy_at_ >= kGivenBackAfter) {
    repeats_ = false;
  }
  const bool congested = is_congested(round_trip, now);
  return repeats_ && !congested;
}

bool Repetition::is_congested(std::optional<base::Duration> round_trip, base::Time now) {
  if (!round_trip) return false;
  if (now - stretch_began_ >= kMemory) {
    stretch_began_ = now;
    shortest_before_ = std::exchange(shortest_, base::Duration::max());
  }
  shortest_ = std::min(shortest_, *round_trip);
  return *round_trip > std::min(shortest_, shortest_before_) + kQueue;
}

}  // namespace comcat::transport
