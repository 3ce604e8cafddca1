#include "comcat/voice/far_end_line.h"

#include <algorithm>
#include <cmath>

namespace comcat::voice {
namespace {

using Micros = std::chrono::duration<double, std::micro>;

constexpr std::chrono::milliseconds kLeastBelieved{15};
constexpr double kMicrosPerSample = 1e6 / audio::kSampleRate;

}  // namespace

void StreamClock::note(std::uint64_t position, base::Time now) {
  if (position - window_began_ >= kWindowSamples) {
    before_ = latest_;
    latest_ = Offset(std::numeric_limits<double>::max());
    window_began_ = position;
  }
  const Offset seen =
      Micros(now.time_since_epoch()) - Micros(static_cast<double>(position) * kMicrosPerSample);
  latest_ = std::min(latest_, seen);
}

StreamClock::Offset StreamClock::offset() const {
  return std::min(latest_, before_);
}

base::Time StreamClock::time_of(std::uint64_t position) const {
  const Offset at = offset() + Micros(static_cast<double>(position) * kMicrosPerSample);
  return base::Time(std::chrono::duration_cast<base::Duration>(at));
}

double StreamClock::position_at(base::Time time) const {
  return (Micros(time.time_since_epoch()) - offset()).count() / kMicrosPerSample;
}

void FarEndLine::play(std::span<const float> samples, base::Time now) {
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), audio::kBlockSamples - filled_samples_);
    std::copy_n(samples.begin(), count, filling_.samples.begin() + filled_samples_);
    filled_samples_ += count;
    samples = samples.subspan(count);
    if (filled_samples_ < audio::kBlockSamples) continue;
    filling_.at = now;
    std::ignore = ring_.push(filling_);
    filling_.position += audio::kBlockSamples;
    filled_samples_ = 0;
  }
}

void FarEndLine::gather() {
  while (ring_.pop(received_)) {
    // What was lost is silence.
    for (; newest_ < received_.position; ++newest_) history_[newest_ % kHistory] = 0;
    for (const float sample : received_.samples) history_[newest_++ % kHistory] = sample;
    const bool silent = std::ranges::all_of(received_.samples, [](float s) { return s == 0; });
    silent_samples_ = silent ? silent_samples_ + audio::kBlockSamples : 0;
    played_clock_.note(newest_, received_.at);
  }
}

void FarEndLine::take(std::uint64_t position, base::Time now, std::chrono::microseconds delays,
                      Moment& moment) {
  gather();
  captured_clock_.note(position + audio::kBlockSamples, now);
  // The block that is being given to the sink may not be here yet, nor the one before it.
  const auto believed = std::max<std::chrono::microseconds>(delays / 2, kLeastBelieved);
  if (newest_ > 0) {
    const base::Time captured = captured_clock_.time_of(position + audio::kBlockSamples);
    follow(played_clock_.position_at(captured - believed) - audio::kBlockSamples);
  }
  copy(moment.far);
  next_ += audio::kBlockSamples;
  moment.echo_delay = std::chrono::duration_cast<std::chrono::milliseconds>(delays - believed);
}

void FarEndLine::follow(double wanted) {
  const double off = wanted - static_cast<double>(next_);
  const bool settled = taken_blocks_ == kUnsettledBlocks;
  if (!settled) ++taken_blocks_;
  if (std::abs(off) > (settled ? kJump : kSlip) || silent()) {
    next_ = std::llround(wanted);
  } else if (std::abs(off) > kSlip) {
    next_ += off > 0 ? 1 : -1;
  }
}

void FarEndLine::copy(audio::Block& out) const {
  const auto newest = static_cast<std::int64_t>(newest_);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t at = next_ + static_cast<std::int64_t>(i);
    const bool there = at >= 0 && at < newest && newest - at <= static_cast<std::int64_t>(kHistory);
    out[i] = there ? history_[static_cast<std::size_t>(at) % kHistory] : 0;
  }
}

}  // namespace comcat::voice
