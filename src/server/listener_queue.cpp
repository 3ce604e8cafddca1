#include "comcat/server/listener_queue.h"

#include <utility>

namespace comcat::server {

void ListenerQueue::pop_oldest() {
  voice_bytes_ -= voice_.front().frame->size();
  voice_.pop_front();
}

void ListenerQueue::drop_older_than(base::Time limit) {
  while (!voice_.empty() && voice_.front().since < limit) {
    pop_oldest();
    ++dropped_frames_;
  }
}

void ListenerQueue::push_voice(Payload frame, base::Time now) {
  drop_older_than(now - capacity_);
  voice_bytes_ += frame->size();
  voice_.push_back({std::move(frame), now});
  while (voice_bytes_ > kMaxVoiceBytes) {
    pop_oldest();
    ++dropped_frames_;
  }
}

bool ListenerQueue::push_control(Payload message) {
  if (control_.size() >= kMaxControlMessages) return false;
  if (!control_.empty() && control_bytes_ + message->size() > kMaxControlBytes) return false;
  control_bytes_ += message->size();
  control_.push_back(std::move(message));
  return true;
}

std::vector<Payload> ListenerQueue::take(base::Time now, bool batch) {
  std::vector<Payload> parts;
  if (!control_.empty()) {
    control_bytes_ -= control_.front()->size();
    parts.push_back(std::move(control_.front()));
    control_.pop_front();
    return parts;
  }
  drop_older_than(now - capacity_);
  while (!voice_.empty()) {
    parts.push_back(voice_.front().frame);
    pop_oldest();
    if (!batch) break;
  }
  return parts;
}

void ListenerQueue::clear_voice() {
  voice_.clear();
  voice_bytes_ = 0;
}

base::Duration ListenerQueue::oldest_age(base::Time now) const {
  return voice_.empty() ? base::Duration::zero() : now - voice_.front().since;
}

}  // namespace comcat::server
