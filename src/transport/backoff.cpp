#include "comcat/transport/backoff.h"

#include <algorithm>
#include <utility>

namespace comcat::transport {

Backoff::Backoff(Options options, std::function<double()> random)
    : options_(options), random_(std::move(random)), bound_(options.first) {}

base::Time Backoff::next(base::Time now) {
  const std::chrono::duration<double, std::milli> wait = bound_ * random_();
  bound_ = std::min(bound_ * 2, options_.longest);
  return now + std::chrono::duration_cast<base::Duration>(wait);
}

}  // namespace comcat::transport
