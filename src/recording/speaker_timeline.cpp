#include "comcat/recording/speaker_timeline.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace comcat::recording {
namespace {

constexpr std::int64_t kMostLost = 1000;  // a larger gap is a sender that started again

}  // namespace

void SpeakerTimeline::begin(const wire::VoicePacket& packet, std::int64_t arrival) {
  for (auto& [sequence, waiting] : waiting_) ready_.push_back(std::move(waiting.placed));
  waiting_.clear();
  newest_ = {packet.sequence, packet.timestamp};
  taken_ = packet.sequence;
  offset_ = arrival - packet.timestamp;
  least_late_ = 0;
}

/// Puts the place right where a spurt begins.
void SpeakerTimeline::follow(std::int64_t sequence, std::int64_t timestamp, std::int64_t arrival) {
  const bool new_spurt = sequence > newest_->sequence && timestamp - newest_->end >= kPause;
  if (new_spurt) {
    offset_ += least_late_;
    least_late_ = std::numeric_limits<std::int64_t>::max();
  }
  least_late_ = std::min(least_late_, arrival - (timestamp + offset_));
}

void SpeakerTimeline::insert(const wire::VoicePacket& packet, std::int64_t samples,
                             std::int64_t arrival) {
  if (!newest_) begin(packet, arrival);
  std::int64_t sequence = wire::unwrap(packet.sequence, newest_->sequence);
  std::int64_t timestamp = wire::unwrap(packet.timestamp, newest_->end);
  if (std::abs(sequence - newest_->sequence) > kMostLost ||
      std::abs(timestamp + offset_ - arrival) > kMostDeviation) {
    begin(packet, arrival);
    sequence = packet.sequence;
    timestamp = packet.timestamp;
  }
  if (sequence < taken_) return;  // too late
  follow(sequence, timestamp, arrival);
  waiting_.try_emplace(sequence, Waiting{{timestamp + offset_, samples, packet.payload}, arrival});
  if (sequence >= newest_->sequence) newest_ = {sequence, timestamp + samples};
}

std::vector<PlacedPacket> SpeakerTimeline::take(std::int64_t now) {
  while (!waiting_.empty() && now - waiting_.begin()->second.arrival >= kPatience) {
    const auto node = waiting_.extract(waiting_.begin());
    taken_ = node.key() + 1;
    ready_.push_back(std::move(node.mapped().placed));
  }
  return std::exchange(ready_, {});
}

std::vector<PlacedPacket> SpeakerTimeline::take_all() {
  return take(std::numeric_limits<std::int64_t>::max() / 2);
}

}  // namespace comcat::recording
