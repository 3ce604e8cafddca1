#include "retry_times.h"

#include <algorithm>

namespace comcat::client {

void RetryTimes::failed(base::Time now) {
  const bool soon = returned_at_ && now - *returned_at_ < kSoon;
  each_ = soon ? std::min<base::Duration>(2 * each_, kLongest) : base::Duration(kEach);
  next_ = now + (soon ? each_ : base::Duration(kFirst));
}

void RetryTimes::returned(base::Time now) {
  next_.reset();
  returned_at_ = now;
}

void RetryTimes::hasten(base::Time now) {
  if (next_) next_ = now;
}

}  // namespace comcat::client
