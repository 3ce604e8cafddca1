#include "comcat/datagram/received_tally.h"

#include <algorithm>

namespace comcat::datagram {

void ReceivedTally::add(std::uint64_t counter, bool voice, base::Time now) {
  report_.highest = std::max(report_.highest, counter + 1);
  ++report_.received;
  if (voice && due_at_ == base::Time::max()) due_at_ = std::max(now, told_at_ + kGap);
}

void ReceivedTally::told(base::Time now) {
  told_at_ = now;
  due_at_ = base::Time::max();
}

}  // namespace comcat::datagram
