#include "comcat/datagram/received_tally.h"

#include <algorithm>

namespace comcat::datagram {

void ReceivedTally::add(std::uint64_t counter, bool voice, bool calm, base::Time now) {
  if (counter > report_.highest) wary_until_ = now + kWary;  // those before it have not come
  report_.highest = std::max(report_.highest, counter + 1);
  ++report_.received;
  if (!voice && due_at_ == base::Time::max()) return;
  const auto gap = calm && now >= wary_until_ ? kCalmGap : kGap;
  due_at_ = std::min(due_at_, std::max<base::Time>(now, told_at_ + gap));
}

void ReceivedTally::told(base::Time now) {
  told_at_ = now;
  due_at_ = base::Time::max();
}

}  // namespace comcat::datagram
