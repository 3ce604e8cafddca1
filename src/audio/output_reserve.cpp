#include "audio/output_reserve.h"

#include <algorithm>
#include <cmath>

namespace comcat::audio {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds kLongNap{100};
constexpr std::chrono::microseconds kShortNap{100};

/// How much sooner than needed it is begun: for mixing, and a thread wakes no more exactly.
constexpr std::chrono::milliseconds kLeastMargin{2};
constexpr double kLateAllowance = 1.25;  // of what has been seen
constexpr std::chrono::seconds kHabit{10};

base::Duration time_of(double samples) {
  return std::chrono::round<base::Duration>(Seconds(samples / kSampleRate));
}

double samples_of(base::Duration time) {
  return kSampleRate * Seconds(time).count();
}

}  // namespace

void OutputReserve::Most::add(double value, base::Time now) {
  if (began_ == base::Time{}) began_ = now;
  if (now - began_ >= length_) {
    before_ = now - began_ >= 2 * length_ ? value : now_;
    now_ = value;
    began_ = now;
    length_ = std::min(2 * length_, window_);
  }
  now_ = std::max(now_, value);
}

void OutputReserve::took(base::Time now, std::size_t samples) {
  const auto taken = static_cast<double>(samples);
  const bool first = last_ == base::Time{};
  if (first) burst_samples_.reset(std::min(taken, double{kMaxBurstSamples}));
  double before = first ? 0 : ahead_samples(now);
  const bool stood_still = line_samples_.get() - before > double{kMostUnevenSamples};
  if (first || stood_still) line_samples_.reset(before = 0);
  // What is asked for so soon, and before its time, goes on with the last turn.
  const bool goes_on = before > line_samples_.get() && now - last_ < time_of(taken) / 4;
  late_seconds_.add(0, now);  // time passes, however punctual everyone is
  const double early = before - line_samples_.get();
  if (!goes_on && !first && early > 0) came_late(time_of(early), now);
  if (!goes_on) line_samples_.add(before, now);
  burst_ = std::min((goes_on ? burst_ : 0) + taken, double{kMaxBurstSamples});
  burst_samples_.add(burst_, now);
  ahead_samples_ = std::min(before + taken, line_samples_.get() + double{kMaxBurstSamples});
  last_ = now;
}

void OutputReserve::came_late(base::Duration late, base::Time now) {
  const double seconds =
      std::min(Seconds(late).count(), Seconds(time_of(double{kMostUnevenSamples})).count());
  if (now - latest_at_ > kHabit) latest_seconds_ = 0;
  late_seconds_.add(std::min(seconds, latest_seconds_), now);
  if (seconds < latest_seconds_) return;
  latest_seconds_ = seconds;
  latest_at_ = now;
}

double OutputReserve::ahead_samples(base::Time now) const {
  return ahead_samples_ - samples_of(now - last_);
}

double OutputReserve::burst_samples() const {
  return std::max(burst_samples_.get(), 1.0);
}

double OutputReserve::step_samples() const {
  return std::min(burst_samples(), double{kBlockSamples});
}

base::Duration OutputReserve::margin() const {
  const Seconds late(kLateAllowance * late_seconds_.get());
  return kLeastMargin + std::chrono::round<base::Duration>(late);
}

base::Time OutputReserve::next_turn(base::Time now) const {
  return last_ == base::Time{} ? now : last_ + time_of(ahead_samples_ - line_samples_.get());
}

std::size_t OutputReserve::wanted_samples(base::Time now) const {
  const double spare = samples_of(next_turn(now) - margin() - now);
  const double wanted = burst_samples() - step_samples() * std::ceil(spare / step_samples());
  const double most = burst_samples() + double{kMostUnevenSamples};
  return static_cast<std::size_t>(std::clamp(wanted, 0.0, most));
}

base::Time OutputReserve::refill_time(std::size_t samples, base::Time now) const {
  const double lacking = burst_samples() - static_cast<double>(samples);
  if (lacking <= -double{kMostUnevenSamples}) return now + kLongNap;  // the device stands still
  const double spare = step_samples() * (std::ceil(lacking / step_samples()) - 1);
  const base::Time at = next_turn(now) - margin() - time_of(spare);
  return std::clamp<base::Time>(at, now + kShortNap, now + kLongNap);
}

std::chrono::microseconds OutputReserve::delay() const {
  const Seconds filled_by_clock((burst_samples() - step_samples()) / kSampleRate);
  return std::chrono::round<std::chrono::microseconds>(filled_by_clock + margin());
}

}  // namespace comcat::audio
