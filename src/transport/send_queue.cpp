#include "comcat/transport/send_queue.h"

#include <utility>

namespace comcat::transport {

void SendQueue::drop_oldest() {
  voice_duration_ -= voice_.front().duration;
  voice_.pop_front();
  ++dropped_frames_;
}

void SendQueue::push_voice(std::string bytes, base::Duration duration, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  voice_.push_back({std::move(bytes), duration, now});
  voice_duration_ += duration;
  while (voice_duration_ > options_.max_voice && voice_.size() > 1) drop_oldest();
}

absl::Status SendQueue::push_control(std::string bytes) {
  const absl::MutexLock lock(&mutex_);
  if (control_.size() >= options_.max_control_messages) {
    return absl::ResourceExhaustedError("the server takes no commands at the moment; try again");
  }
  control_.push_back(std::move(bytes));
  return absl::OkStatus();
}

void SendQueue::push_receipt(std::string bytes) {
  const absl::MutexLock lock(&mutex_);
  receipt_ = std::move(bytes);
}

std::optional<std::string> SendQueue::pop(base::Time now, base::Duration unsent) {
  const absl::MutexLock lock(&mutex_);
  if (receipt_) return std::exchange(receipt_, std::nullopt);
  if (!control_.empty()) {
    std::string bytes = std::move(control_.front());
    control_.pop_front();
    return bytes;
  }
  if (unsent > options_.max_voice) return std::nullopt;
  // Silence leaves gaps between frames, so old speech may be short and still be old.
  while (!voice_.empty() && now - voice_.front().queued_at > options_.max_voice) drop_oldest();
  if (voice_.empty()) return std::nullopt;
  std::string bytes = std::move(voice_.front().bytes);
  voice_duration_ -= voice_.front().duration;
  voice_.pop_front();
  ++sent_frames_;
  return bytes;
}

void SendQueue::clear() {
  const absl::MutexLock lock(&mutex_);
  voice_.clear();
  voice_duration_ = {};
  control_.clear();
  receipt_.reset();
}

base::Duration SendQueue::queued_voice() const {
  const absl::MutexLock lock(&mutex_);
  return voice_duration_;
}

std::uint64_t SendQueue::sent_voice_frames() const {
  const absl::MutexLock lock(&mutex_);
  return sent_frames_;
}

std::uint64_t SendQueue::dropped_voice_frames() const {
  const absl::MutexLock lock(&mutex_);
  return dropped_frames_;
}

}  // namespace comcat::transport
