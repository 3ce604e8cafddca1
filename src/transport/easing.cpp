#include "comcat/transport/easing.h"

#include <algorithm>

namespace comcat::transport {

unsigned Easing::step(base::Duration queue, base::Time now) {
  const bool waits = queue > kLong;
  if (waits != waits_) {
    waits_ = waits;
    since_ = now;
    least_ = base::Duration::max();
  }
  least_ = std::min(least_, queue);
  if (waits) {
    ease(now);
  } else {
    recover(now);
  }
  return step_;
}

void Easing::ease(base::Time now) {
  if (now - since_ < kReaction) return;
  const bool failed = raised_at_ != base::Time::min() && now - raised_at_ <= kPatience;
  patience_ = failed ? 2 * kPatience : base::Duration(kPatience);
  raised_at_ = base::Time::min();
  step_ = least_ > kVeryLong ? kSteps : std::min(step_ + 1, kSteps);
  since_ = now;
  least_ = base::Duration::max();
}

void Easing::recover(base::Time now) {
  while (step_ > 0) {
    const bool climbs = raised_at_ != base::Time::min() && raised_at_ >= since_;
    const base::Time due = climbs ? raised_at_ + kClimb : since_ + patience_;
    if (now < due) return;
    raised_at_ = due;
    --step_;
  }
}

}  // namespace comcat::transport
