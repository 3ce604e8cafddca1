#include "audio/device_pump.h"

#include <utility>

namespace comcat::audio {
namespace {

constexpr std::chrono::milliseconds kNap{100};
/// How much sooner than needed a block is rendered: a thread wakes no more exactly.
constexpr std::chrono::milliseconds kAhead{2};

}  // namespace

base::Time CapturePump::step(base::Time now) {
  const std::uint64_t missed = stream_.counters.missed.load(std::memory_order_relaxed);
  const bool stale = std::exchange(missed_, missed) != missed;
  while (const std::size_t count = stream_.ring.read(samples_)) {
    if (!stale) handler_.on_captured(std::span<const float>(samples_).first(count));
  }
  return now + kNap;
}

base::Time PlaybackPump::step(base::Time now) {
  DeviceTurn turn;
  while (stream_.turns.read({&turn, 1}) == 1) reserve_.took(turn.at, turn.samples, turn.missed);
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
