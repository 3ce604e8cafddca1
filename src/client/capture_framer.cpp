#include "comcat/client/capture_framer.h"

#include <algorithm>

namespace comcat::client {

void CaptureFramer::add(std::span<const float> samples, bool muted, base::Time now,
                        bool nothing) COMCAT_REALTIME {
  while (!samples.empty()) {
    filling_.nothing = nothing && (filling_.nothing || filled_samples_ == 0);
    const std::size_t count = std::min(samples.size(), block_samples_ - filled_samples_);
    std::copy_n(samples.begin(), count, filling_.samples.begin() + filled_samples_);
    filled_samples_ += count;
    samples = samples.subspan(count);
    if (filled_samples_ == block_samples_) finish_block(muted, now);
  }
}

void CaptureFramer::finish_block(bool muted, base::Time now) COMCAT_REALTIME {
  filling_.at = now;
  filling_.muted = muted;
  filling_.size = block_samples_;
  const bool kept = ring_.push(filling_);
  const std::size_t wanted = muted ? kMutedSamples : wanted_samples_.load();
  if (ring_.size() * block_samples_ >= wanted) enough_.post();
  if (!muted) {
    captured_blocks_.fetch_add(1, std::memory_order_relaxed);
    if (!kept) overflowed_blocks_.fetch_add(1, std::memory_order_relaxed);
  }
  filling_.position += block_samples_;
  filled_samples_ = 0;
}

bool CaptureFramer::wait(std::size_t samples, std::chrono::microseconds patience) {
  const std::size_t wanted = std::min(samples, kMostWantedSamples);
  wanted_samples_.store(wanted);
  if (ring_.size() * block_samples_ < wanted) return enough_.wait(patience);
  enough_.clear();
  return true;
}

std::uint64_t CaptureFramer::captured_blocks() const {
  return captured_blocks_.load(std::memory_order_relaxed);
}

std::uint64_t CaptureFramer::overflowed_blocks() const {
  return overflowed_blocks_.load(std::memory_order_relaxed);
}

}  // namespace comcat::client
