#include "comcat/transport/easing.h"

#include <algorithm>

namespace comcat::transport {

unsigned Easing::step(base::Duration queue, base::Time now) {
  const bool waits = queue > kLong;
  if (waits != waits_) begin(queue, now);
  waits_ = waits;
  least_ = std::min(least_, queue);
  if (waits) {
    ease(queue, now);
  } else {
    recover(now);
  }
  return step_;
}

void Easing::begin(base::Duration queue, base::Time now) {
  since_ = now;
  first_ = queue;
  least_ = base::Duration::max();
}

void Easing::ease(base::Duration queue, base::Time now) {
  if (now - since_ < kReaction) return;
  const bool failed = raised_at_ != base::Time::min() && now - raised_at_ <= kPatience;
  patience_ = failed ? 2 * kPatience : base::Duration(kPatience);
  raised_at_ = base::Time::min();
  const bool far_too_narrow = least_ > kVeryLong || queue - first_ > kLong;
  step_ = far_too_narrow ? kSteps : std::min(step_ + 1, kSteps);
  begin(queue, now);
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
