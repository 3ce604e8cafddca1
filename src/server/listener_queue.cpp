#include "comcat/server/listener_queue.h"

#include <utility>

namespace comcat::server {
namespace {

std::size_t cost(const Payload& message) {
  return message->size() + ListenerQueue::kOverheadBytes;
}

}  // namespace

const Payload& EventJoiner::join(const std::vector<Payload>& events) {
  if (events_ == events) return joined_;
  std::string all;
  for (const Payload& event : events) all += *event;
  events_ = events;
  joined_ = std::make_shared<const std::string>(std::move(all));
  return joined_;
}

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
  if (!control_.empty() && control_bytes_ + cost(message) > kMaxControlBytes) return false;
  control_bytes_ += cost(message);
  control_.push_back(std::move(message));
  return true;
}

void ListenerQueue::push_text(Payload text) {
  text_bytes_ += cost(text);
  texts_.push_back(std::move(text));
  for (; text_bytes_ > kMaxTextBytes; ++missed_texts_) {
    text_bytes_ -= cost(texts_.front());
    texts_.erase(texts_.begin());
  }
}

bool ListenerQueue::push_event(Payload event) {
  if (behind_) return false;  // the roster to come says it too
  event_bytes_ += cost(event);
  events_.push_back(std::move(event));
  if (event_bytes_ > kMaxEventBytes) {
    clear_events();
    behind_ = true;
  }
  return event_bytes_ > kMaxEventBytes / 2;
}

void ListenerQueue::catch_up(Payload roster) {
  behind_ = false;
  event_bytes_ = cost(roster);
  events_ = {std::move(roster)};
  events_released_ = true;
}

ListenerQueue::Message ListenerQueue::take(base::Time now, bool batch) {
  Message message;
  if (!control_.empty()) {
    control_bytes_ -= cost(control_.front());
    message.parts.push_back(std::move(control_.front()));
    control_.pop_front();
    message.shared = false;
    return message;
  }
  if (events_released_) {
    message.parts = std::move(events_);
    clear_events();
    return message;
  }
  drop_older_than(now - capacity_);
  if (!texts_.empty() && (voice_.empty() || text_is_next_)) {
    text_is_next_ = false;
    text_bytes_ -= cost(texts_.front());
    message.parts.push_back(std::move(texts_.front()));
    texts_.erase(texts_.begin());
    return message;
  }
  text_is_next_ = true;
  while (!voice_.empty()) {
    message.parts.push_back(voice_.front().frame);
    pop_oldest();
    if (!batch) break;
  }
  message.frames = message.parts.size();
  return message;
}

void ListenerQueue::release_events(EventJoiner& joiner) {
  if (events_.size() > 1) events_ = {joiner.join(events_)};
  events_released_ = !events_.empty();
}

void ListenerQueue::clear_events() {
  events_ = std::vector<Payload>();  // of a crowd that came at once, its memory too
  event_bytes_ = 0;
  events_released_ = false;
}

void ListenerQueue::clear_voice() {
  voice_.clear();
  voice_bytes_ = 0;
}

void ListenerQueue::clear_room() {
  clear_voice();
  clear_events();
  behind_ = false;
}

base::Duration ListenerQueue::oldest_age(base::Time now) const {
  return voice_.empty() ? base::Duration::zero() : now - voice_.front().since;
}

}  // namespace comcat::server
