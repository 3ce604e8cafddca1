#include "comcat/playout/speaker.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "comcat/codec/decoder.h"
#include "comcat/playout/time_stretch.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;

constexpr std::size_t kBlock = audio::kBlockSamples;
constexpr std::int64_t kSameMoment = 120;      // timestamps this near follow on each other
constexpr std::size_t kMostRepeated = 1440;    // while a packet is overdue: 30 ms
constexpr std::int64_t kMostConcealed = 5760;  // a longer hole is not filled but left

std::size_t grains(std::int64_t samples, bool up) {
  const auto whole = static_cast<std::size_t>(std::max<std::int64_t>(samples, 0));
  return (whole + (up ? Concealment::kGrain - 1 : 0)) / Concealment::kGrain * Concealment::kGrain;
}

std::size_t whole_blocks(Micros duration) {
  return static_cast<std::size_t>(duration / audio::kBlockDuration) * kBlock;
}

}  // namespace

Speaker::Speaker(PlayoutOptions options, DecoderFactory& decoders)
    : options_(options), estimator_(options.max_delay), concealment_(decoders) {}

void Speaker::insert(const wire::VoicePacket& packet, base::Time now) {
  ++stats_.received_frames;
  last_heard_ = now;
  const JitterBuffer::Insert outcome = buffer_.insert(packet);
  switch (outcome) {
    case JitterBuffer::Insert::kMalformed:
      return;
    case JitterBuffer::Insert::kDuplicate:
      ++stats_.duplicate_frames;
      return;
    case JitterBuffer::Insert::kLate:
      ++stats_.late_frames;
      if (stats_.lost_frames > 0) --stats_.lost_frames;
      break;
    case JitterBuffer::Insert::kRestarted:
      if (talking_) end_spurt();
      estimator_.reset();
      drift_.reset();
      heard_before_ = false;
      waited_samples_ = 0;
      break;
    case JitterBuffer::Insert::kReordered:
    case JitterBuffer::Insert::kStored:
      break;
  }
  estimate(outcome, now);
}

void Speaker::estimate(JitterBuffer::Insert outcome, base::Time now) {
  const JitterBuffer::Arrived& packet = buffer_.arrived();
  const bool first = !heard_before_ && buffer_.size() == 1;
  const bool reordered =
      outcome == JitterBuffer::Insert::kReordered || outcome == JitterBuffer::Insert::kLate;
  const std::int64_t lost = packet.sequence - newest_sequence_ - 1;
  const std::int64_t pause =
      packet.timestamp - newest_end_ - lost * static_cast<std::int64_t>(packet.samples);
  estimator_.insert(packet.timestamp, static_cast<std::int64_t>(packet.samples), now,
                    first || (!reordered && pause > kSameMoment), reordered);
  drift_.insert(packet.timestamp, now);
  if (reordered && !first) return;
  newest_sequence_ = packet.sequence;
  newest_end_ = packet.timestamp + static_cast<std::int64_t>(packet.samples);
}

bool Speaker::pull(std::span<float, audio::kBlockSamples> out, base::Time due) {
  skip_what_is_too_late(due);
  if (!talking_) begin_when_due(due);
  if (talking_) adjust(due);
  if (talking_) fill_block();
  return play(out, due);
}

void Speaker::skip_what_is_too_late(base::Time due) {
  const JitterBuffer::Frame* front = buffer_.front();
  if (front == nullptr ||
      estimator_.delay(front->timestamp, due) <= options_.max_delay + kTooLate) {
    return;
  }
  while (front != nullptr && estimator_.delay(front->timestamp, due) > options_.max_delay) {
    stats_.lost_frames += static_cast<std::uint64_t>(buffer_.missing());
    ++stats_.late_frames;
    buffer_.pop_front();
    front = buffer_.front();
  }
  settle_wait(static_cast<std::int64_t>(waited_samples_));
  if (front != nullptr) tail_ = front->timestamp;
  concealment_.skip();
}

void Speaker::begin_when_due(base::Time due) {
  const JitterBuffer::Frame* const front = buffer_.front();
  if (front == nullptr) {
    if (heard_before_) waited_samples_ += kBlock;
    return;
  }
  const std::int64_t gap = heard_before_ ? front->timestamp - tail_ : kMostConcealed;
  const bool goes_on = heard_before_ && buffer_.missing() == 0 && gap <= kSameMoment;
  const bool waited_enough = ++blocks_idle_ > options_.max_delay / audio::kBlockDuration;
  if (!goes_on && !waited_enough && estimator_.delay(front->timestamp, due) < aim()) {
    waited_samples_ += kBlock;
    return;
  }
  const std::int64_t lost = buffer_.missing();
  stats_.lost_frames += static_cast<std::uint64_t>(lost);
  const auto missing_samples = lost * static_cast<std::int64_t>(front->samples);
  settle_wait(goes_on ? static_cast<std::int64_t>(waited_samples_)
                      : std::min(gap, missing_samples));
  talking_ = true;
  tail_ = front->timestamp;
  blocks_idle_ = 0;
  repeat_credit_samples_ = kMostRepeated;
  decode_front();
}

/// A change of delay that leaves the slack of the next packet within the same block gains nothing,
/// so both ways aim at whole blocks of slack and at packets that begin with a block.
void Speaker::adjust(base::Time due) {
  ++blocks_since_stretch_;
  const Micros slack = delay(due) - aim();
  const std::size_t left = queue_.ahead() % kBlock;
  const bool soft = quiet();
  if (slack >= audio::kBlockDuration || (soft && slack >= Micros{0})) {
    accelerate(slack, left + whole_blocks(slack));
  } else if (slack < (soft ? -2ms : -5ms) && blocks_since_stretch_ >= (soft ? 2 : 6)) {
    expand(kBlock - left + whole_blocks(-slack) + kMinLagSamples, soft ? -1.0F : 0.8F);
  }
  stretch_over_a_gap(due);
}

void Speaker::accelerate(Micros excess, std::size_t most_samples) {
  struct Pace {
    Micros excess;
    int blocks;         // between two cuts
    float least_match;  // of a cut that may be heard
  };
  constexpr std::array<Pace, 4> kPaces{
      {{200ms, 2, -1.0F}, {80ms, 2, 0.3F}, {30ms, 3, 0.6F}, {0ms, 6, 0.8F}}};
  const auto pace = std::ranges::find_if(kPaces, [&](const Pace& p) { return excess >= p.excess; });
  const bool soft = quiet();
  if (blocks_since_stretch_ < (soft ? 1 : pace->blocks)) return;
  while (queue_.ahead() < kBlock + kMaxLagSamples + kOverlapSamples && next_is_here()) {
    if (!decode_front()) break;
  }
  const Splice splice = find_cut(queue_, most_samples);
  if (splice.lag_samples == 0 || (!soft && splice.match < pace->least_match)) return;
  cut(queue_, splice);
  invented_begin_ -= static_cast<std::int64_t>(splice.lag_samples);
  invented_end_ -= static_cast<std::int64_t>(splice.lag_samples);
  stats_.accelerated_samples += splice.lag_samples;
  blocks_since_stretch_ = 0;
}

void Speaker::expand(std::size_t most_samples, float least_match) {
  const Splice splice = find_repeat(queue_, most_samples);
  if (splice.lag_samples == 0 || splice.match < least_match) return;
  repeat(queue_, splice);
  invented_begin_ += static_cast<std::int64_t>(splice.lag_samples);
  invented_end_ += static_cast<std::int64_t>(splice.lag_samples);
  stats_.expanded_samples += splice.lag_samples;
  blocks_since_stretch_ = 0;
  repeat_credit_samples_ -= std::min(repeat_credit_samples_, splice.lag_samples);
}

void Speaker::stretch_over_a_gap(base::Time due) {
  const bool running_dry = buffer_.empty() && queue_.ahead() < 3 * kBlock;
  const bool overdue = estimator_.delay(tail_, due) > estimator_.usual();
  if (running_dry && overdue && waited_samples_ == 0) expand(repeat_credit_samples_, 0.5F);
}

void Speaker::fill_block() {
  while (talking_ && queue_.ahead() < kBlock) {
    if (decode_next()) continue;
    const std::size_t samples = grains(static_cast<std::int64_t>(kBlock - queue_.ahead()), true);
    if (concealment_.faded()) {
      end_spurt();
      return;
    }
    waited_samples_ += samples;
    conceal(samples);
  }
}

bool Speaker::decode_next() {
  const JitterBuffer::Frame* const front = buffer_.front();
  if (front == nullptr) return false;
  const std::int64_t gap = front->timestamp - tail_;
  if (buffer_.missing() > 0 || gap > kSameMoment) {
    fill_gap(gap);
    if (!talking_) return true;
  }
  settle_wait(static_cast<std::int64_t>(waited_samples_));
  decode_front();
  return true;
}

void Speaker::fill_gap(std::int64_t gap) {
  const JitterBuffer::Frame& front = *buffer_.front();
  const std::int64_t lost = buffer_.missing();
  const auto waited = static_cast<std::int64_t>(waited_samples_);
  if (lost == 0 || gap > kMostConcealed) {  // silence, or a hole too long to fill
    end_spurt();
    return;
  }
  stats_.lost_frames += static_cast<std::uint64_t>(lost);
  settle_wait(waited);
  const std::size_t needed = grains(gap - waited, false);
  const std::size_t recoverable =
      codec::packet_has_fec(front.payload)
          ? std::min(needed, grains(static_cast<std::int64_t>(frame_samples_), false))
          : 0;
  if (needed > recoverable) {
    stats_.concealed_samples += needed - recoverable;
    conceal(needed - recoverable);
  }
  if (recoverable > 0) {
    concealment_.recover(front.payload, recoverable, queue_);
    stats_.recovered_samples += recoverable;
  }
  tail_ = front.timestamp;
}

bool Speaker::decode_front() {
  const JitterBuffer::Frame& front = *buffer_.front();
  const std::size_t before = queue_.ahead();
  const std::size_t samples = concealment_.decode(front.payload, queue_);
  tail_ = front.timestamp + static_cast<std::int64_t>(front.samples);
  frame_samples_ = front.samples;
  heard_before_ = true;
  buffer_.pop_front();
  if (samples == 0) return false;
  stats_.decoded_samples += samples;
  float energy = 0;
  for (const float sample : queue_.waiting().subspan(before)) energy += sample * sample;
  loudness_ = std::max(loudness_ * 0.998F, std::sqrt(energy / static_cast<float>(samples)));
  repeat_credit_samples_ = std::min(repeat_credit_samples_ + samples / 2, kMostRepeated);
  return true;
}

void Speaker::conceal(std::size_t samples) {
  const auto end = static_cast<std::int64_t>(stats_.played_samples + queue_.ahead());
  if (end > invented_end_) invented_begin_ = end;
  concealment_.conceal(samples, queue_);
  invented_end_ = end + static_cast<std::int64_t>(samples);
}

void Speaker::end_spurt() {
  const auto end = static_cast<std::int64_t>(stats_.played_samples + queue_.ahead());
  if (end > invented_end_) invented_begin_ = end;
  concealment_.finish(queue_);
  invented_end_ = static_cast<std::int64_t>(stats_.played_samples + queue_.ahead());
  talking_ = false;
  blocks_idle_ = 0;
}

/// What the wait for a packet was, now that one is here: as much of it as `speech_samples` was
/// played in place of speech.
void Speaker::settle_wait(std::int64_t speech_samples) {
  const auto speech = static_cast<std::size_t>(std::max<std::int64_t>(speech_samples, 0));
  stats_.concealed_samples += std::min(waited_samples_, speech);
  waited_samples_ = 0;
}

bool Speaker::play(std::span<float, audio::kBlockSamples> out, base::Time due) {
  std::ranges::fill(out, 0.0F);
  const std::size_t samples = std::min(out.size(), queue_.ahead());
  const auto position = static_cast<std::int64_t>(stats_.played_samples);
  const auto end = position + static_cast<std::int64_t>(samples);
  const std::int64_t invented = std::min(end, invented_end_) - std::max(position, invented_begin_);
  stats_.timestamp.reset();
  if (samples > 0 && 2 * invented < static_cast<std::int64_t>(samples)) {
    stats_.timestamp = static_cast<std::uint32_t>(head());
    last_delay_ = delay(due);
  }
  if (samples == 0) return false;
  queue_.pop(out.first(samples));
  stats_.played_samples += samples;
  return true;
}

Micros Speaker::aim() const {
  return estimator_.target() + to_micros(static_cast<std::int64_t>(phase()));
}

/// How much will still wait in the queue when the next packet is needed. Blocks and packets have
/// their own rhythms: a packet is needed that much before its first sample is played.
std::size_t Speaker::phase() const {
  const std::size_t left = queue_.ahead() % kBlock;
  if (frame_samples_ >= kBlock || frame_samples_ == 0) return left;
  return left + (kBlock - left - 1) / frame_samples_ * frame_samples_;
}

Micros Speaker::delay(base::Time due) const {
  return estimator_.delay(head(), due);
}

std::int64_t Speaker::head() const {
  return tail_ - static_cast<std::int64_t>(queue_.ahead());
}

bool Speaker::next_is_here() const {
  const JitterBuffer::Frame* const front = buffer_.front();
  return front != nullptr && buffer_.missing() == 0 && front->timestamp - tail_ <= kSameMoment &&
         waited_samples_ == 0;
}

bool Speaker::quiet() const {
  constexpr float kInaudible = 0.001F;
  constexpr float kAgainstSpeech = 0.03F;
  const std::span<const float> next = queue_.waiting().first(std::min(queue_.ahead(), kBlock));
  if (next.empty()) return false;
  float energy = 0;
  for (const float sample : next) energy += sample * sample;
  const float loud = std::max(kInaudible, kAgainstSpeech * loudness_);
  return energy < loud * loud * static_cast<float>(next.size());
}

PlayoutStats Speaker::stats() const {
  PlayoutStats stats = stats_;
  stats.target_delay = aim();
  stats.delay = last_delay_;
  stats.drift_ppm = drift_.ppm();
  stats.talking = talking_;
  return stats;
}

}  // namespace comcat::playout
