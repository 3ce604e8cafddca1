#include "audio/device_pump.h"

#include <utility>

namespace comcat::audio {
namespace {

constexpr std::chrono::milliseconds kNap{100};
/// How much sooner than needed a block is rendered: a thread wakes no more exactly.
constexpr std::chrono::milliseconds kAhead{2};

std::uint64_t since(std::uint64_t& before, const std::atomic<std::uint64_t>& now) {
  const std::uint64_t value = now.load(std::memory_order_relaxed);
  return value - std::exchange(before, value);
}

}  // namespace

base::Time CapturePump::step(base::Time now) {
  const bool stale = since(missed_, stream_.counters.missed) > 0;
  while (const std::size_t count = stream_.ring.read(samples_)) {
    if (!stale) handler_.on_captured(std::span<const float>(samples_).first(count));
  }
  return now + kNap;
}

base::Time PlaybackPump::step(base::Time now) {
  const std::size_t requested = since(requested_, stream_.counters.requested);
  const std::size_t missed = since(missed_, stream_.counters.missed);
  if (requested > 0) reserve_.took(now, requested, missed);
  depth_samples_.store(reserve_.depth_samples(), std::memory_order_relaxed);
  while (stream_.ring.size() < reserve_.wanted_samples(now + kAhead)) {
    handler_.on_render(block_);
    stream_.ring.write(block_);
  }
  return reserve_.refill_time(stream_.ring.size(), now + kAhead) - kAhead;
}

SinkFigures PlaybackPump::figures() const {
  SinkFigures out;
  out.missed_samples = stream_.counters.missed.load(std::memory_order_relaxed);
  const std::size_t depth_samples = depth_samples_.load(std::memory_order_relaxed);
  out.delay = std::chrono::microseconds(depth_samples * 1'000'000 / kSampleRate);
  return out;
}

}  // namespace comcat::audio
