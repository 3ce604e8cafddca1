#include "retry_times.h"

#include <algorithm>

namespace comcat::client {

void RetryTimes::failed(base::Time now) {
  const bool soon = returned_at_ && now - *returned_at_ < kSoon;
  each_ = soon ? std::min<base::Duration>(2 * each_, kLongest) : base::Duration(kEach);
  if (!next_) away_since_ = now;
  next_ = now + (soon ? each_ : base::Duration(kFirst));
}

void RetryTimes::tried(base::Time now) {
  const base::Duration patient = std::min<base::Duration>((now - away_since_) / 8, kMostSeldom);
  next_ = now + std::max(each_, patient);
}

void RetryTimes::returned(base::Time now) {
  next_.reset();
  returned_at_ = now;
}

void RetryTimes::hasten(base::Time now) {
  if (next_) next_ = now;
}

}  // namespace comcat::client
