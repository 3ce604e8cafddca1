#include "audio/device_pump.h"

#include <algorithm>
#include <utility>

namespace comcat::audio {
namespace {

constexpr std::chrono::milliseconds kNap{100};
/// Whoever comes later than this was suspended, which is no habit.
constexpr std::chrono::milliseconds kSuspended{100};
/// Nobody wants to know of more.
constexpr std::uint64_t kMostMissedSamples = std::uint64_t{10} * kSampleRate;

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
  while (stream_.turns.read({&turn, 1}) == 1) note(turn);
  delay_.store(reserve_.delay(), std::memory_order_relaxed);
  const std::size_t wanted = reserve_.wanted_samples(now);
  const std::size_t waiting = stream_.ring.size();
  if (waiting < wanted) render(wanted - waiting);
  due_ = waiting < wanted ? next_ : base::Time::max();
  next_ = reserve_.refill_time(std::max(waiting, wanted), now);
  return next_;
}

void PlaybackPump::note(const DeviceTurn& turn) {
  reserve_.took(turn.at, turn.samples);
  const std::uint64_t missed = turn.missed - std::exchange(missed_, turn.missed);
  const std::uint64_t waiting = rendered_ - std::min(rendered_, turn.taken);
  handler_.on_turn({turn.at, std::min<std::uint64_t>(missed, kMostMissedSamples), waiting});
}

void PlaybackPump::done(base::Time now) {
  if (now > due_ && now - due_ < kSuspended) reserve_.came_late(now - due_, now);
}

void PlaybackPump::render(std::size_t samples) {
  while (samples > 0) {
    const std::span<float> part = std::span(block_).first(std::min(samples, block_.size()));
    handler_.on_render(part);
    rendered_ += stream_.ring.write(part);
    samples -= part.size();
  }
}

SinkFigures PlaybackPump::figures() const {
  SinkFigures out;
  out.missed_samples = stream_.counters.missed.load(std::memory_order_relaxed);
  out.delay = delay_.load(std::memory_order_relaxed);
  return out;
}

}  // namespace comcat::audio
