#include "comcat/server/voice_queue.h"

#include <cstddef>
#include <tuple>
#include <utility>

namespace comcat::server {

void VoiceQueue::push(Payload frame, base::Time now) {
  drop_old(now);
  if (2 * first_ > frames_.size()) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  bytes_ += frame->size();
  frames_.push_back({std::move(frame), now});
  for (; bytes_ > kMaxBytes; ++dropped_) std::ignore = pop();
}

void VoiceQueue::drop_old(base::Time now) {
  const base::Time limit = now - capacity_;
  for (; !empty() && frames_[first_].since < limit; ++dropped_) std::ignore = pop();
}

Payload VoiceQueue::pop() {
  Payload frame = std::move(frames_[first_].frame);
  bytes_ -= frame->size();
  if (++first_ == frames_.size()) clear();
  return frame;
}

void VoiceQueue::clear() {
  frames_.clear();
  first_ = 0;
  bytes_ = 0;
}

base::Duration VoiceQueue::oldest_age(base::Time now) const {
  return empty() ? base::Duration::zero() : now - frames_[first_].since;
}

}  // namespace comcat::server
