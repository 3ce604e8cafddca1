#include "comcat/playout/arrivals.h"

#include "comcat/playout/playhead.h"

namespace comcat::playout {

void Arrivals::insert(const JitterBuffer::Arrived& packet, const Order& order, base::Time now) {
  const auto samples = static_cast<std::int64_t>(packet.samples);
  watch_way(order, samples);
  const std::int64_t lost = packet.sequence - newest_sequence_ - 1;
  const std::int64_t pause = packet.timestamp - newest_end_ - lost * samples;
  const bool follows_silence = order.first || (!order.reordered && pause > kSameMomentSamples);
  if (order.carries_fec && !order.reordered && !follows_silence && lost > 0) {
    estimator_.insert_replacement(packet.timestamp - samples, samples, now);
  }
  estimator_.insert(packet.timestamp, samples, now, follows_silence, order.reordered);
  drift_.insert(packet.timestamp, now);
  if (order.reordered && !order.first) return;
  newest_sequence_ = packet.sequence;
  newest_end_ = packet.timestamp + samples;
}

void Arrivals::watch_way(const Order& order, std::int64_t samples) {
  if (order.first) via_ = order.via;
  other_way_samples_ = order.via == via_ ? 0 : other_way_samples_ + samples;
  if (other_way_samples_ < kOtherWaySamples) return;
  via_ = order.via;
  other_way_samples_ = 0;
  estimator_.reset();
}

void Arrivals::restart() {
  estimator_.reset();
  drift_.reset();
}

}  // namespace comcat::playout
