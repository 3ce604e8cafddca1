#include "comcat/playout/rehearsal.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace comcat::playout {
namespace {

constexpr double kCatchUp = 0.25;    // of the speech's duration: how fast a lag shrinks
constexpr double kQuickMs = 15'000;  // how long each average remembers
constexpr double kSlowMs = 30'000;
constexpr double kWorthChangingMs = 1;
constexpr double kUnnoticedMs = 30;  // of delay: they cost kUnnoticedPrice each
constexpr double kUnnoticedPrice = 0.25;
constexpr Micros kCalm{40'000};  // a path that needs no more
constexpr double kLearningMs = 10'000;
constexpr double kOtherPathMs = 300;  // what was learned before counts for so much then

// Before a packet has come: so large a share comes as late as is expected, as if seen for
// kPriorMs.
constexpr double kPriorMs = 300;
constexpr double kExpectedShare = 0.05;

double to_ms(Micros duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Rehearsal::Rehearsal(const PlayoutOptions& options)
    : gap_price_ms_(to_ms(options.gap_price)),
      expected_ms_(std::max(to_ms(options.expected_jitter), 1.0)),
      buffers_(static_cast<std::size_t>(options.max_delay / kStep) + 1) {
  reset();
}

void Rehearsal::reset() {
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const double own_ms = static_cast<double>(i) * to_ms(kStep);
    const double share = kExpectedShare * std::exp(-own_ms / expected_ms_);
    buffers_[i] = {.delay_ms = own_ms, .quick = share, .slow = share, .lag_ms = 0};
  }
  heard_ms_ = kPriorMs;
  chosen_ = 0;
  chosen_ = cheapest();
  shorter_ms_ = 0;
}

void Rehearsal::shift(Micros change) {
  const std::int64_t steps = change / kStep;
  const auto count = static_cast<std::int64_t>(buffers_.size());
  const std::vector<Buffer> before = buffers_;
  const std::int64_t moved = std::clamp(steps, -count, count);
  for (std::int64_t i = 0; i < count; ++i) {
    Buffer& now = buffers_[i];
    now = before[std::clamp<std::int64_t>(i + moved, 0, count - 1)];
    now.delay_ms =
        std::max(now.delay_ms - to_ms(moved * kStep), static_cast<double>(i) * to_ms(kStep));
  }
  chosen_ = static_cast<std::size_t>(
      std::clamp<std::int64_t>(static_cast<std::int64_t>(chosen_) - moved, 0, count - 1));
  shorter_ms_ = 0;
  heard_ms_ = std::min(heard_ms_, kOtherPathMs);
}

void Rehearsal::insert(const Packet& packet) {
  heard_ms_ = std::min(heard_ms_ + packet.samples_ms, kSlowMs);
  const double quick = packet.samples_ms / std::min(heard_ms_, kQuickMs);
  const double slow = packet.samples_ms / heard_ms_;
  double own_ms = 0;
  for (Buffer& buffer : buffers_) {
    double concealed_ms = 0;
    if (!packet.in_order) {
      concealed_ms = packet.late_ms > buffer.delay_ms ? packet.samples_ms : 0;
    } else if (packet.follows_silence) {
      buffer.delay_ms = std::max(own_ms, packet.late_ms);
    } else {
      buffer.delay_ms = std::max(own_ms, buffer.delay_ms - kCatchUp * packet.samples_ms);
      concealed_ms = std::max(packet.late_ms - buffer.delay_ms, 0.0);
      buffer.delay_ms += concealed_ms;
    }
    const double share = concealed_ms / packet.samples_ms;
    buffer.quick += quick * (share - buffer.quick);
    buffer.slow += slow * (share - buffer.slow);
    buffer.lag_ms += slow * (buffer.delay_ms - own_ms - buffer.lag_ms);
    own_ms += to_ms(kStep);
  }
  move_to(cheapest(), packet.samples_ms);
}

void Rehearsal::move_to(std::size_t cheapest, double samples_ms) {
  const bool calm = chosen() <= kCalm && heard_ms_ > kLearningMs;
  if (cheapest >= chosen_ || !calm) {
    chosen_ = cheapest;
    shorter_ms_ = 0;
    return;
  }
  shorter_ = shorter_ms_ > 0 ? std::max(shorter_, cheapest) : cheapest;
  shorter_ms_ += samples_ms;
  if (shorter_ms_ < kEvidenceMs) return;
  chosen_ = shorter_;
  shorter_ms_ = 0;
}

std::size_t Rehearsal::cheapest() const {
  const auto cost_ms = [&](std::size_t i) {
    const Buffer& buffer = buffers_[i];
    const double own_ms = static_cast<double>(i) * to_ms(kStep);
    return own_ms - (1 - kUnnoticedPrice) * std::min(own_ms, kUnnoticedMs) + buffer.lag_ms +
           gap_price_ms_ * 100 * std::max(buffer.quick, buffer.slow);
  };
  std::size_t best = chosen_;
  double best_ms = cost_ms(best) - kWorthChangingMs;
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const double ms = cost_ms(i);
    if (ms >= best_ms) continue;
    best = i;
    best_ms = ms;
  }
  return best;
}

}  // namespace comcat::playout
