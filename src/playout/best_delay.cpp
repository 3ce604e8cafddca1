#include "comcat/playout/best_delay.h"

#include <algorithm>
#include <utility>

namespace comcat::playout {

Micros BestDelay::insert(Micros relative, base::Time now) {
  if (!known_) {
    known_ = true;
    minima_.fill(relative);
    best_ = relative;
    bucket_end_ = now + kBucket;
  }
  if (now >= bucket_end_ || bucket_end_ - now > kBucket) {
    bucket_ = (bucket_ + 1) % kBuckets;
    minima_[bucket_] = relative;
    bucket_end_ = now + kBucket;
  }
  minima_[bucket_] = std::min(minima_[bucket_], relative);
  const Micros before = std::exchange(best_, *std::ranges::min_element(minima_));
  return best_ - before;
}

}  // namespace comcat::playout
