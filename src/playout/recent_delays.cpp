#include "comcat/playout/recent_delays.h"

#include <algorithm>
#include <cstdlib>

namespace comcat::playout {
namespace {

constexpr std::int64_t kRecentSamples = 3840;  // 80 ms

}  // namespace

void RecentDelays::insert(std::int64_t timestamp, Micros relative) {
  packets_[count_++ % kMost] = {timestamp, relative};
  least_ = relative;
  for (std::size_t back = 2; back <= std::min(count_, kMost); ++back) {
    const Packet& packet = packets_[(count_ - back) % kMost];
    if (std::abs(timestamp - packet.timestamp) >= kRecentSamples) break;
    least_ = std::min(least_, packet.relative);
  }
}

}  // namespace comcat::playout
