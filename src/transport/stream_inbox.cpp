#include "stream_inbox.h"

#include <utility>

#include "comcat/base/clock.h"
#include "comcat/wire/convert.h"

namespace comcat::transport {

StreamInbox::StreamInbox(SendQueue::Options queue, StreamCourse::Place place,
                         std::function<void()> ring)
    : ring_(std::move(ring)), queue_(queue), place_(std::move(place)) {}

void StreamInbox::send_voice(const wire::VoicePacket& packet) {
  if (!is_open()) {
    unsent_frames_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::chrono::microseconds duration(std::uint64_t{packet.duration_samples} * 1'000'000 /
                                           48'000);
  queue_.push_voice(wire::encode_request(packet), duration, base::steady_now());
  ring();
}

absl::Status StreamInbox::send(const wire::Command& command) {
  if (!is_open()) {
    return absl::UnavailableError("there is no connection now; try again when there is one");
  }
  absl::Status status = queue_.push_control(wire::encode_request(command));
  if (status.ok()) ring();
  return status;
}

void StreamInbox::send(const datagram::Report& report) {
  if (is_open() && queue_.push_control(wire::encode_request(report)).ok()) ring();
}

void StreamInbox::set_place(StreamCourse::Place place) {
  const absl::MutexLock lock(&mutex_);
  place_ = std::move(place);
}

void StreamInbox::leave() {
  {
    const absl::MutexLock lock(&mutex_);
    wishes_.leave = true;
  }
  ring();
}

void StreamInbox::hang_up() {
  {
    const absl::MutexLock lock(&mutex_);
    wishes_.hang_up = true;
  }
  ring();
}

void StreamInbox::add_to(VoiceStream::Stats& stats) const {
  stats.sent_voice_frames = queue_.sent_voice_frames();
  stats.dropped_voice_frames =
      queue_.dropped_voice_frames() + unsent_frames_.load(std::memory_order_relaxed);
  stats.queued_voice = std::chrono::duration_cast<std::chrono::milliseconds>(queue_.queued_voice());
}

base::Duration StreamInbox::waits() const {
  return queue_.queued_voice() + network_waits_.load(std::memory_order_relaxed);
}

std::optional<std::string> StreamInbox::pop(const Backlog& network, base::Time now) {
  network_waits_.store(network.unsent + network.on_the_way, std::memory_order_relaxed);
  return queue_.pop(now, network.unsent);
}

void StreamInbox::shut() {
  open_.store(false, std::memory_order_release);
  network_waits_.store({}, std::memory_order_relaxed);
  queue_.clear();
}

void StreamInbox::ring() {
  if (!rung_.exchange(true)) ring_();
}

StreamInbox::Wishes StreamInbox::look() {
  rung_.store(false);  // before the look: what is wished meanwhile is not missed
  const absl::MutexLock lock(&mutex_);
  return wishes_;
}

void StreamInbox::arrive(const std::string& room) {
  const absl::MutexLock lock(&mutex_);
  if (place_.room.empty()) place_.room = room;
}

StreamCourse::Place StreamInbox::place() const {
  const absl::MutexLock lock(&mutex_);
  return place_;
}

}  // namespace comcat::transport
