#include "comcat/client/playback.h"

#include <algorithm>
#include <utility>

namespace comcat::client {

Playback::Playback(playout::PlayoutOptions options) : mixer_(options) {}

void Playback::receive(wire::VoicePackets frames, base::Time now) {
  if (deafened_.load(std::memory_order_relaxed)) return;
  for (wire::VoicePacket& frame : frames) {
    if (!incoming_.push({std::move(frame), now})) {
      overflowed_packets_.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void Playback::wait(std::chrono::microseconds patience) {
  std::uint8_t token = 0;
  if (!taken_.wait_pop(token, patience)) return;
  while (taken_.pop(token)) {
  }
}

std::size_t Playback::target_blocks() const {
  const std::size_t request = largest_request_samples_.load(std::memory_order_relaxed);
  const std::size_t blocks = (request + audio::kBlockSamples - 1) / audio::kBlockSamples;
  return std::min(blocks + 1, kOutputBlocks);
}

void Playback::step(base::Time now) {
  const bool silent = deafened_.load(std::memory_order_relaxed);
  const absl::MutexLock lock(&mutex_);
  if (silent) mixer_.forget_speakers();
  while (incoming_.pop(received_)) {
    if (!silent) mixer_.insert(received_.packet, received_.at);
  }
  while (output_.size() < target_blocks()) {
    mixer_.pull(mixed_, now);
    if (!output_.push(mixed_)) break;
  }
}

bool Playback::next_block() COMCAT_REALTIME {
  if (!output_.pop(playing_)) return false;
  played_samples_ = 0;
  // A full ring of tokens means that the playout thread has every reason to wake up already.
  [[maybe_unused]] const bool told = taken_.push(std::uint8_t{1});
  return true;
}

void Playback::on_render(std::span<float> samples) COMCAT_REALTIME {
  if (samples.size() > largest_request_samples_.load(std::memory_order_relaxed)) {
    largest_request_samples_.store(samples.size(), std::memory_order_relaxed);
  }
  while (!samples.empty()) {
    if (played_samples_ == audio::kBlockSamples && !next_block()) break;
    primed_ = true;
    const std::size_t count = std::min(samples.size(), audio::kBlockSamples - played_samples_);
    std::copy_n(playing_.begin() + played_samples_, count, samples.begin());
    played_samples_ += count;
    samples = samples.subspan(count);
  }
  if (samples.empty()) return;
  std::fill(samples.begin(), samples.end(), 0.0F);
  if (primed_) underrun_samples_.fetch_add(samples.size(), std::memory_order_relaxed);
}

void Playback::set_gain(wire::SessionNumber speaker, float gain) {
  const absl::MutexLock lock(&mutex_);
  mixer_.set_gain(speaker, gain);
}

void Playback::remove(wire::SessionNumber speaker) {
  const absl::MutexLock lock(&mutex_);
  mixer_.remove(speaker);
}

Playback::Stats Playback::stats() const {
  Stats out;
  out.overflowed_packets = overflowed_packets_.load(std::memory_order_relaxed);
  out.underrun_samples = underrun_samples_.load(std::memory_order_relaxed);
  out.output_delay = target_blocks() * audio::kBlockDuration;
  const absl::MutexLock lock(&mutex_);
  out.speakers = mixer_.stats();
  return out;
}

}  // namespace comcat::client
