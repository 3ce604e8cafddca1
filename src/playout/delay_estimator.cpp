#include "comcat/playout/delay_estimator.h"

#include <algorithm>

#include "comcat/audio/frame.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;

constexpr auto kOtherPath = 20ms;    // such a step of the best delay is another route
constexpr auto kAboveQueue = 20ms;   // at most, where a queue has grown
constexpr auto kLatest = 500ms;      // what is later is not waited for
constexpr double kShareMs = 15'000;  // of speech, which the shares remember

double to_ms(Micros duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double length_ms(std::int64_t samples) {
  return std::max(to_ms(to_micros(samples)), 1.0);
}

Micros since(std::int64_t timestamp, base::Time now) {
  return std::chrono::duration_cast<Micros>(now.time_since_epoch()) - to_micros(timestamp);
}

Micros usual_wait(Micros target) {
  return std::max<Micros>(target / 2, target - audio::kBlockDuration);
}

}  // namespace

void DelayEstimator::reset() {
  best_.reset();
  recent_.clear();
  rehearsal_.reset();
  late_share_ = replaced_share_ = 0;
}

void DelayEstimator::insert(std::int64_t timestamp, std::int64_t samples, base::Time now,
                            bool follows_silence, bool reordered) {
  const Micros relative = since(timestamp, now);
  const Micros change = best_.insert(relative, now);
  if (std::chrono::abs(change) >= kOtherPath) rehearsal_.shift(change);
  if (!reordered) recent_.insert(timestamp, relative);
  const Micros late_by = late(timestamp, now);
  const bool is_late = late_by > usual_wait(target());
  count(is_late ? Absence::kLate : Absence::kNone, samples);
  rehearsal_.insert({.late_ms = to_ms(late_by),
                     .samples_ms = length_ms(samples),
                     .follows_silence = follows_silence,
                     .in_order = !reordered});
}

void DelayEstimator::insert_replacement(std::int64_t timestamp, std::int64_t samples,
                                        base::Time now) {
  if (!best_.known()) return;
  count(Absence::kReplaced, samples);
  rehearsal_.insert({.late_ms = to_ms(late(timestamp, now)),
                     .samples_ms = length_ms(samples),
                     .in_order = false});
}

void DelayEstimator::count(Absence absence, std::int64_t samples) {
  const double part = std::min(length_ms(samples) / kShareMs, 1.0);
  const auto learn = [&](double& share, Absence what) {
    share += part * ((absence == what ? 1 : 0) - share);
  };
  learn(late_share_, Absence::kLate);
  learn(replaced_share_, Absence::kReplaced);
}

Micros DelayEstimator::late(std::int64_t timestamp, base::Time now) const {
  return std::min<Micros>(delay(timestamp, now), kLatest);
}

Micros DelayEstimator::delay(std::int64_t timestamp, base::Time now) const {
  return since(timestamp, now) - best_.get();
}

Micros DelayEstimator::usual() const {
  return replaced_share_ > late_share_ ? target() : usual_wait(target());
}

Micros DelayEstimator::target() const {
  const Micros chosen = std::max(rehearsal_.chosen(), least_delay_);
  if (!recent_.known()) return chosen;
  const Micros late = recent_.least() - best_.get();
  const Micros floor = late + std::min<Micros>(late, kAboveQueue);
  return std::max(chosen, std::min(floor, max_delay_));
}

}  // namespace comcat::playout
