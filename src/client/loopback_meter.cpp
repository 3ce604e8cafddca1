#include "comcat/client/loopback_meter.h"

#include <utility>

namespace comcat::client {

void LoopbackMeter::set_self(wire::SessionNumber self) {
  const absl::MutexLock lock(&mutex_);
  self_ = self;
}

void LoopbackMeter::sent(const wire::VoicePacket& packet, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  sent_[packet.sequence % kMost] = {packet.sequence, now, true};
}

void LoopbackMeter::heard(const wire::VoicePackets& packets, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  for (const wire::VoicePacket& packet : packets) {
    Sent& sent = sent_[packet.sequence % kMost];
    if (packet.speaker != self_ || packet.sequence != sent.sequence) continue;
    if (!std::exchange(sent.awaited, false)) continue;
    const base::Duration took = now - sent.at;
    const bool begins = !way_ || now - heard_at_ > kFresh;
    way_ = begins ? took : *way_ + (took - *way_) / kAveraged;
    heard_at_ = now;
  }
}

std::optional<std::chrono::microseconds> LoopbackMeter::way(base::Time now) const {
  const absl::MutexLock lock(&mutex_);
  if (!way_ || now - heard_at_ > kFresh) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::microseconds>(*way_);
}

}  // namespace comcat::client
