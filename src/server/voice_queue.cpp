#include "comcat/server/voice_queue.h"

#include <tuple>
#include <utility>

namespace comcat::server {

void VoiceQueue::push(Payload frame, base::Time now) {
  drop_old(now);
  bytes_ += frame->size();
  frames_.push_back({std::move(frame), now});
  for (; bytes_ > kMaxBytes; ++dropped_) std::ignore = pop();
}

void VoiceQueue::drop_old(base::Time now) {
  const base::Time limit = now - capacity_;
  for (; !frames_.empty() && frames_.front().since < limit; ++dropped_) std::ignore = pop();
}

Payload VoiceQueue::pop() {
  Payload frame = std::move(frames_.front().frame);
  bytes_ -= frame->size();
  frames_.pop_front();
  return frame;
}

void VoiceQueue::clear() {
  frames_.clear();
  bytes_ = 0;
}

base::Duration VoiceQueue::oldest_age(base::Time now) const {
  return frames_.empty() ? base::Duration::zero() : now - frames_.front().since;
}

}  // namespace comcat::server
