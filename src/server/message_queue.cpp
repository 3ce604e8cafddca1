#include "comcat/server/message_queue.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace comcat::server {
namespace {

std::size_t cost(const Payload& message) {
  return message->size() + MessageQueue::kOverheadBytes;
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

// ---- control

bool MessageQueue::push_control(Payload message) {
  if (!has_room_for(message)) return false;
  control_bytes_ += cost(message);
  control_.push_back(std::move(message));
  return true;
}

bool MessageQueue::has_room_for(const Payload& control) const {
  std::size_t largest = cost(control);
  for (const Payload& other : control_) largest = std::max(largest, cost(other));
  return control_bytes_ + cost(control) - largest <= kMaxControlBytes;
}

Payload MessageQueue::take_control() {
  if (control_.empty()) return nullptr;
  Payload message = std::move(control_.front());
  control_.erase(control_.begin());
  control_bytes_ -= cost(message);
  return message;
}

// ---- events

bool MessageQueue::push_event(Payload event) {
  if (behind_) return false;  // the roster to come says it too
  event_bytes_ += cost(event);
  events_.push_back(std::move(event));
  if (event_bytes_ > kMaxEventBytes) {
    drop_events();
    behind_ = true;
  }
  return event_bytes_ > kMaxEventBytes / 2;
}

void MessageQueue::release_events(EventJoiner& joiner) {
  if (events_.size() > 1) events_ = {joiner.join(events_)};
  events_released_ = !events_.empty();
}

std::vector<Payload> MessageQueue::take_events() {
  if (!events_released_) return {};
  std::vector<Payload> events = std::move(events_);
  drop_events();
  return events;
}

void MessageQueue::drop_events() {
  events_ = std::vector<Payload>();  // of a crowd that came at once, its memory too
  event_bytes_ = 0;
  events_released_ = false;
}

void MessageQueue::clear_events() {
  drop_events();
  behind_ = false;
}

void MessageQueue::catch_up(Payload roster) {
  behind_ = false;
  event_bytes_ = cost(roster);
  events_ = {std::move(roster)};
  events_released_ = true;
}

// ---- texts

void MessageQueue::push_text(Payload text) {
  text_bytes_ += cost(text);
  texts_.push_back(std::move(text));
  for (; text_bytes_ > kMaxTextBytes; ++missed_texts_) std::ignore = take_text();
}

bool MessageQueue::offer_text(Payload text) {
  if (text_bytes_ + cost(text) > kMaxTextBytes) return false;
  push_text(std::move(text));
  return true;
}

void MessageQueue::clear_texts() {
  texts_.clear();
  text_bytes_ = 0;
}

Payload MessageQueue::take_text() {
  if (texts_.empty()) return nullptr;
  Payload text = std::move(texts_.front());
  texts_.erase(texts_.begin());
  text_bytes_ -= cost(text);
  return text;
}

}  // namespace comcat::server
