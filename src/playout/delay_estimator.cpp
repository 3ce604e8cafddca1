#include "comcat/playout/delay_estimator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "comcat/audio/frame.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;

constexpr double kCatchUp = 0.25;           // of the speech's duration: how fast a lag shrinks
constexpr double kCostOfOnePercentMs = 26;  // of delay
constexpr double kQuickMs = 15'000;         // how long each average remembers
constexpr double kSlowMs = 30'000;
constexpr double kWorthChangingMs = 1;
constexpr double kUnnoticedMs = 30;  // of delay: they cost kUnnoticedPrice each
constexpr double kUnnoticedPrice = 0.25;
constexpr double kOtherPathMs = 300;  // what was learned before counts for so much then
constexpr auto kOtherPath = 20ms;     // such a step of the best delay is another route
constexpr auto kLatest = 500ms;       // what is later is thrown away, not waited for

// Before a packet has come: so large a share comes so late, as if seen for kPriorMs.
constexpr double kPriorMs = 300;
constexpr double kExpectedShare = 0.05;
constexpr double kExpectedMs = 15;

/// Ten milliseconds, one block: what the scheduling of threads may cost at both ends.
constexpr Micros kLeastTarget = audio::kBlockDuration;

double to_ms(Micros duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

Micros since(std::int64_t timestamp, base::Time now) {
  return std::chrono::duration_cast<Micros>(now.time_since_epoch()) - to_micros(timestamp);
}

}  // namespace

DelayEstimator::DelayEstimator(Micros max_delay)
    : max_delay_(std::max(max_delay, kStep)),
      rehearsals_(static_cast<std::size_t>(max_delay_ / kStep) + 1) {
  reset();
}

void DelayEstimator::reset() {
  begun_ = false;
  for (std::size_t i = 0; i < rehearsals_.size(); ++i) {
    const double own_ms = static_cast<double>(i) * to_ms(kStep);
    const double share = kExpectedShare * std::exp(-own_ms / kExpectedMs);
    rehearsals_[i] = {.delay_ms = own_ms, .quick = share, .slow = share, .lag_ms = 0};
  }
  heard_ms_ = kPriorMs;
  chosen_ = 0;
  choose();
}

void DelayEstimator::insert(std::int64_t timestamp, std::int64_t samples, base::Time now,
                            bool follows_silence, bool reordered) {
  const Micros relative = since(timestamp, now);
  update_best(relative, now);
  const double late_ms = to_ms(std::min<Micros>(relative - best_, kLatest));
  rehearse(late_ms, std::max(to_ms(to_micros(samples)), 1.0), follows_silence, reordered);
  choose();
}

Micros DelayEstimator::delay(std::int64_t timestamp, base::Time now) const {
  return since(timestamp, now) - best_;
}

void DelayEstimator::update_best(Micros relative, base::Time now) {
  if (!begun_) {
    begun_ = true;
    minima_.fill(relative);
    best_ = relative;
    bucket_end_ = now + kBucket;
  }
  if (now >= bucket_end_ || bucket_end_ - now > kBucket) {
    bucket_ = (bucket_ + 1) % kBuckets;
    minima_[bucket_] = relative;
    bucket_end_ = now + kBucket;
  }
  minima_[bucket_] = std::min(minima_[bucket_], relative);
  const Micros before = std::exchange(best_, *std::ranges::min_element(minima_));
  if (const Micros change = best_ - before; std::chrono::abs(change) >= kOtherPath) {
    shift(change / kStep);
    heard_ms_ = std::min(heard_ms_, kOtherPathMs);
  }
}

void DelayEstimator::shift(std::int64_t steps) {
  const auto count = static_cast<std::int64_t>(rehearsals_.size());
  const std::vector<Rehearsal> before = rehearsals_;
  const std::int64_t moved = std::clamp(steps, -count, count);
  for (std::int64_t i = 0; i < count; ++i) {
    Rehearsal& now = rehearsals_[i];
    now = before[std::clamp<std::int64_t>(i + moved, 0, count - 1)];
    now.delay_ms =
        std::max(now.delay_ms - to_ms(moved * kStep), static_cast<double>(i) * to_ms(kStep));
  }
  chosen_ = static_cast<std::size_t>(
      std::clamp<std::int64_t>(static_cast<std::int64_t>(chosen_) - moved, 0, count - 1));
}

void DelayEstimator::rehearse(double late_ms, double samples_ms, bool follows_silence,
                              bool reordered) {
  heard_ms_ = std::min(heard_ms_ + samples_ms, kSlowMs);
  const double quick = samples_ms / std::min(heard_ms_, kQuickMs);
  const double slow = samples_ms / heard_ms_;
  double own_ms = 0;
  for (Rehearsal& buffer : rehearsals_) {
    double concealed_ms = 0;
    if (reordered) {
      concealed_ms = late_ms > buffer.delay_ms ? samples_ms : 0;
    } else if (follows_silence) {
      buffer.delay_ms = std::max(own_ms, late_ms);
    } else {
      buffer.delay_ms = std::max(own_ms, buffer.delay_ms - kCatchUp * samples_ms);
      concealed_ms = std::max(late_ms - buffer.delay_ms, 0.0);
      buffer.delay_ms += concealed_ms;
    }
    const double share = concealed_ms / samples_ms;
    buffer.quick += quick * (share - buffer.quick);
    buffer.slow += slow * (share - buffer.slow);
    buffer.lag_ms += slow * (buffer.delay_ms - own_ms - buffer.lag_ms);
    own_ms += to_ms(kStep);
  }
}

Micros DelayEstimator::usual() const {
  return std::max<Micros>(target() / 2, target() - audio::kBlockDuration);
}

Micros DelayEstimator::target() const {
  return std::max(static_cast<std::int64_t>(chosen_) * kStep, kLeastTarget);
}

void DelayEstimator::choose() {
  const auto cost_ms = [&](std::size_t i) {
    const Rehearsal& buffer = rehearsals_[i];
    const double own_ms = static_cast<double>(i) * to_ms(kStep);
    return own_ms - (1 - kUnnoticedPrice) * std::min(own_ms, kUnnoticedMs) + buffer.lag_ms +
           kCostOfOnePercentMs * 100 * std::max(buffer.quick, buffer.slow);
  };
  std::size_t best = chosen_;
  double best_ms = cost_ms(best) - kWorthChangingMs;
  for (std::size_t i = 0; i < rehearsals_.size(); ++i) {
    const double ms = cost_ms(i);
    if (ms >= best_ms) continue;
    best = i;
    best_ms = ms;
  }
  chosen_ = best;
}

}  // namespace comcat::playout
