#include "comcat/playout/speaker_playout.h"

#include <cstdint>
#include <string_view>

#include "comcat/codec/decoder.h"

namespace comcat::playout {

using Operation = Order::Operation;

SpeakerPlayout::SpeakerPlayout(const PlayoutOptions& options, DecoderFactory& decoders)
    : arrivals_(options), decision_(options), execution_(decoders) {}

void SpeakerPlayout::insert(const wire::VoicePacket& packet, base::Time now, wire::Via via) {
  ++stats_.received_frames;
  last_heard_ = now;
  Arrivals::Order order;
  order.via = via;
  switch (buffer_.insert(packet)) {
    case JitterBuffer::Insert::kMalformed:
      return;
    case JitterBuffer::Insert::kDuplicate:
      ++stats_.duplicate_frames;
      return;
    case JitterBuffer::Insert::kLate:
      ++stats_.late_frames;
      if (stats_.lost_frames > 0) --stats_.lost_frames;
      order.reordered = true;
      break;
    case JitterBuffer::Insert::kReordered:
      order.reordered = true;
      break;
    case JitterBuffer::Insert::kRestarted:
      restart();
      break;
    case JitterBuffer::Insert::kStored:
      break;
  }
  order.first = !playhead_.heard_before() && buffer_.size() == 1;
  order.carries_fec = codec::packet_has_fec(packet.payload);
  arrivals_.insert(buffer_.arrived(), order, now);
}

void SpeakerPlayout::restart() {
  if (decision_.talking()) execution_.obey({.operation = Operation::kEnd}, {});
  decision_.restart();
  arrivals_.restart();
  playhead_.restart();
}

bool SpeakerPlayout::pull(std::span<float> out, base::Time due) {
  pull_samples_ = out.size();
  for (;;) {
    const Order order = decision_.next(look(due));
    if (order.operation == Operation::kPlay || order.operation == Operation::kWait) break;
    carry_out(order);
  }
  return play(out, due);
}

Situation SpeakerPlayout::look(base::Time due) const {
  const DelayEstimator& delays = arrivals_.delays();
  Situation now;
  if (const JitterBuffer::Frame* const front = buffer_.front(); front != nullptr) {
    now.first = look_at(*front, due);
  }
  now.heard_before = playhead_.heard_before();
  now.target = delays.target();
  now.usual = delays.usual();
  now.queued_samples = execution_.queued_samples();
  now.delay = delays.delay(playhead_.next(now.queued_samples), due);
  now.next_delay = delays.delay(playhead_.end(), due);
  now.packet_samples = playhead_.packet_samples();
  now.pull_samples = pull_samples_;
  now.due = std::chrono::duration_cast<Micros>(due.time_since_epoch());
  now.quiet = decision_.talking() && execution_.quiet();
  now.faded = execution_.faded();
  return now;
}

Situation::First SpeakerPlayout::look_at(const JitterBuffer::Frame& front, base::Time due) const {
  const std::int64_t missing = buffer_.missing();
  return {.gap_samples = front.timestamp - playhead_.end(),
          .missing_packets = missing,
          .samples = front.samples,
          .delay = arrivals_.delays().delay(front.timestamp, due),
          .has_fec = missing > 0 && codec::packet_has_fec(front.payload)};
}

void SpeakerPlayout::carry_out(const Order& order) {
  const JitterBuffer::Frame* const front = buffer_.front();
  const std::size_t samples =
      execution_.obey(order, front == nullptr ? std::string_view() : front->payload);
  stats_.lost_frames += static_cast<std::uint64_t>(order.lost_packets);
  stats_.concealed_samples += order.concealed_samples;
  switch (order.operation) {
    case Operation::kBegin:
    case Operation::kDecode:
    case Operation::kRecover:
      take_front(order, samples);
      break;
    case Operation::kThrowAway:
      ++stats_.late_frames;
      buffer_.pop_front();
      break;
    case Operation::kSkip:
      if (front != nullptr) playhead_.skip_to(front->timestamp);
      break;
    case Operation::kAccelerate:
      stats_.accelerated_samples += samples;
      break;
    case Operation::kExpand:
      stats_.expanded_samples += samples;
      break;
    case Operation::kPlay:
    case Operation::kWait:
    case Operation::kConceal:
    case Operation::kEnd:
      break;
  }
  decision_.done(order, samples);
}

void SpeakerPlayout::take_front(const Order& order, std::size_t samples) {
  playhead_.took(buffer_.front()->timestamp, buffer_.front()->samples);
  buffer_.pop_front();
  stats_.decoded_samples += samples;
  stats_.recovered_samples += order.fec_samples;
}

bool SpeakerPlayout::play(std::span<float> out, base::Time due) {
  const std::int64_t timestamp = playhead_.next(execution_.queued_samples());
  const Execution::Played played = execution_.play(out);
  stats_.played_samples += played.samples;
  stats_.timestamp.reset();
  if (played.speech) {
    stats_.timestamp = static_cast<std::uint32_t>(timestamp);
    stats_.delay = arrivals_.delays().delay(timestamp, due);
  }
  return played.samples > 0;
}

bool SpeakerPlayout::idle() const {
  return !decision_.talking() && buffer_.empty() && execution_.queued_samples() == 0;
}

PlayoutStats SpeakerPlayout::stats() const {
  PlayoutStats stats = stats_;
  stats.target_delay = aim(arrivals_.delays().target(), execution_.queued_samples(),
                           playhead_.packet_samples(), pull_samples_);
  stats.drift_ppm = arrivals_.drift_ppm();
  stats.talking = decision_.talking();
  return stats;
}

}  // namespace comcat::playout
