#include "bus_outlet.h"

#include <utility>

#include "room_topic.h"

namespace comcat::server {
namespace {

std::string subject_of(const Topic& topic) {
  switch (topic.kind) {
    case Topic::Kind::kNodes:
      return "nodes";
    case Topic::Kind::kNode:
      return "node." + std::to_string(topic.node);
    case Topic::Kind::kPeople:
      return "people." + room_topic(topic.room_key);
    case Topic::Kind::kVoice:
      return "voice." + room_topic(topic.room_key);
  }
  return "";
}

}  // namespace

void BusOutlet::start(std::function<void()> wake) {
  const absl::MutexLock lock(&mutex_);
  wake_ = std::move(wake);
  if (!waiting_.empty()) wake_();
}

std::vector<FromNode> BusOutlet::take() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(waiting_, {});
}

void BusOutlet::keep(FromNode message) {
  const absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= kMaxWaiting) return;
  waiting_.push_back(std::move(message));
  if (waiting_.size() == 1 && wake_) wake_();
}

void BusOutlet::send(const Topic& topic, std::string bytes) {
  const bool is_voice = topic.kind == Topic::Kind::kVoice;
  bus_.publish(subject_of(topic), std::move(bytes),
               is_voice ? base::Duration(kVoiceLifetime) : base::Duration(kLifetime));
}

void BusOutlet::listen(const Topic& topic) {
  const auto keep_it = [this, topic](const bus::Message& message) {
    keep({topic, message.bytes, message.sender});
  };
  if (topic.kind == Topic::Kind::kVoice) {
    bus_.subscribe(subject_of(topic), keep_it, kVoiceLifetime);
  } else {
    bus_.subscribe(subject_of(topic), keep_it);
  }
}

void BusOutlet::ignore(const Topic& topic) {
  bus_.unsubscribe(subject_of(topic));
}

}  // namespace comcat::server
