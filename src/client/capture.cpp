#include "comcat/client/capture.h"

#include <algorithm>
#include <utility>

namespace comcat::client {

absl::StatusOr<std::unique_ptr<Capture>> Capture::create(const codec::EncoderOptions& options,
                                                         Send send) {
  absl::StatusOr<codec::Encoder> encoder = codec::Encoder::create(options);
  if (!encoder.ok()) return encoder.status();
  return std::unique_ptr<Capture>(new Capture(std::move(*encoder), std::move(send)));
}

Capture::Capture(codec::Encoder encoder, Send send)
    : encoder_(std::move(encoder)), send_(std::move(send)) {
  frame_.reserve(encoder_.frame_samples());
}

void Capture::on_captured(std::span<const float> samples) COMCAT_REALTIME {
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), audio::kBlockSamples - filled_samples_);
    std::copy_n(samples.begin(), count, filling_.samples.begin() + filled_samples_);
    filled_samples_ += count;
    samples = samples.subspan(count);
    if (filled_samples_ == audio::kBlockSamples) finish_block();
  }
}

void Capture::finish_block() COMCAT_REALTIME {
  if (!muted()) {
    captured_blocks_.fetch_add(1, std::memory_order_relaxed);
    // Wakes the encode thread by posting a semaphore, which never waits.
    if (!ring_.push(filling_)) overflowed_blocks_.fetch_add(1, std::memory_order_relaxed);
  }
  filling_.position += audio::kBlockSamples;
  filled_samples_ = 0;
}

void Capture::step(std::chrono::microseconds patience) {
  if (!ring_.wait_pop(taken_, patience)) return;
  do {
    take(taken_);
  } while (ring_.pop(taken_));
}

void Capture::take(const Captured& block) {
  const bool in_sequence = block.position == frame_position_ + frame_.size();
  if (muted() || !in_sequence) frame_.clear();
  if (muted()) return;
  if (frame_.empty()) frame_position_ = block.position;
  frame_.insert(frame_.end(), block.samples.begin(), block.samples.end());
  if (frame_.size() < encoder_.frame_samples()) return;
  encode_frame();
  frame_position_ += frame_.size();
  frame_.clear();
}

void Capture::encode_frame() {
  const std::uint8_t level = codec::level_dbov(frame_);
  const std::string_view packet = encoder_.encode(frame_);
  level_dbov_.store(level, std::memory_order_relaxed);
  encoded_frames_.fetch_add(1, std::memory_order_relaxed);
  if (packet.empty()) return;
  packet_.sequence = next_sequence_++;
  packet_.timestamp = static_cast<std::uint32_t>(frame_position_);  // wraps, as in RTP
  packet_.level_dbov = level;
  packet_.duration_samples = static_cast<std::uint32_t>(frame_.size());
  packet_.payload = packet;
  sent_frames_.fetch_add(1, std::memory_order_relaxed);
  send_(packet_);
}

Capture::Stats Capture::stats() const {
  Stats out;
  out.captured_blocks = captured_blocks_.load(std::memory_order_relaxed);
  out.overflowed_blocks = overflowed_blocks_.load(std::memory_order_relaxed);
  out.encoded_frames = encoded_frames_.load(std::memory_order_relaxed);
  out.sent_frames = sent_frames_.load(std::memory_order_relaxed);
  out.level_dbov = muted() ? wire::kSilentDbov : level_dbov_.load(std::memory_order_relaxed);
  return out;
}

}  // namespace comcat::client
