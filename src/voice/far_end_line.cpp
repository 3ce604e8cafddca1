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
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (second > second_) {
    before_ = latest_;
    latest_ = kUnknown;
    second_ = second;
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

void BesideTheMicrophone::go_to(std::uint64_t captured) {
  position_ += static_cast<std::int64_t>(captured - captured_);
  captured_ = captured;
}

void BesideTheMicrophone::follow(double wanted, bool silent) {
  const double off = wanted - static_cast<double>(position_);
  const bool settled = unsettled_blocks_ == 0;
  if (!settled) --unsettled_blocks_;
  if (!settled && std::abs(off) > kSlip) {
    position_ = std::llround(wanted);
    lasting_blocks_ = 0;
  } else {
    follow_what_lasts(off, silent);
  }
}

void BesideTheMicrophone::follow_what_lasts(double off, bool silent) {
  const bool begins = lasting_blocks_ == 0 || (off > 0) != (lasting_off_ > 0);
  lasting_off_ = begins || std::abs(off) < std::abs(lasting_off_) ? off : lasting_off_;
  lasting_blocks_ = std::abs(off) <= kSlip ? 0 : begins ? 1 : lasting_blocks_ + 1;
  if (lasting_blocks_ < kLastingBlocks) return;
  if (silent || std::abs(lasting_off_) > kJump) {
    position_ += std::llround(lasting_off_);
    lasting_blocks_ = 0;
  } else if (lasting_blocks_ % kSlipEveryBlocks == 0) {
    position_ += off > 0 ? 1 : -1;
  }
}

void FarEndLine::play(std::span<const float> samples) {
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), audio::kBlockSamples - filled_samples_);
    std::copy_n(samples.begin(), count, filling_.samples.begin() + filled_samples_);
    filled_samples_ += count;
    samples = samples.subspan(count);
    if (filled_samples_ < audio::kBlockSamples) continue;
    std::ignore = ring_.push(filling_);
    filling_.position += audio::kBlockSamples;
    filled_samples_ = 0;
  }
}

void FarEndLine::took(const audio::RenderTurn& turn) {
  static constexpr audio::Block kSilent{};
  for (std::size_t left = turn.missed; left > 0;) {
    const std::size_t count = std::min(left, kSilent.size());
    play(std::span(kSilent).first(count));
    left -= count;
  }
  const std::uint64_t played = filling_.position + filled_samples_;
  std::ignore = turns_.push({played - std::min<std::uint64_t>(played, turn.waiting), turn.at});
}

void FarEndLine::gather() {
  for (Taken turn; turns_.pop(turn);) played_clock_.note(turn.position, turn.at);
  while (ring_.pop(received_)) {
    // What was lost is silence.
    for (; newest_ < received_.position; ++newest_) history_[newest_ % kHistory] = 0;
    for (const float sample : received_.samples) history_[newest_++ % kHistory] = sample;
    const bool silent = std::ranges::all_of(received_.samples, [](float s) { return s == 0; });
    silent_samples_ = silent ? silent_samples_ + audio::kBlockSamples : 0;
  }
}

void FarEndLine::take(std::uint64_t position, base::Time now, std::chrono::microseconds delays,
                      Moment& moment) {
  gather();
  beside_.go_to(position);
  captured_clock_.note(position + audio::kBlockSamples, now);
  // The block that is being given to the sink may not be here yet, nor the one before it.
  const auto believed = std::max<std::chrono::microseconds>(delays / 2, kLeastBelieved);
  if (played_clock_.known()) {
    const base::Time captured = captured_clock_.time_of(position + audio::kBlockSamples);
    beside_.follow(played_clock_.position_at(captured - believed) - audio::kBlockSamples, silent());
  }
  copy(moment.far);
  moment.echo_delay = std::chrono::duration_cast<std::chrono::milliseconds>(delays - believed);
}

void FarEndLine::copy(audio::Block& out) const {
  const auto newest = static_cast<std::int64_t>(newest_);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t at = beside_.position() + static_cast<std::int64_t>(i);
    const bool there = at >= 0 && at < newest && newest - at <= static_cast<std::int64_t>(kHistory);
    out[i] = there ? history_[static_cast<std::size_t>(at) % kHistory] : 0;
  }
}

}  // namespace comcat::voice
