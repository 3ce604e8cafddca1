#include "comcat/playout/decision.h"

#include <algorithm>
#include <array>
#include <utility>

#include "comcat/audio/frame.h"
#include "comcat/playout/concealment.h"
#include "comcat/playout/playhead.h"
#include "comcat/playout/time_stretch.h"

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using Operation = Order::Operation;

constexpr std::size_t kBlock = audio::kBlockSamples;
constexpr std::size_t kShortPacket = 240;      // 5 ms: who sends such wants to be heard soon
constexpr std::size_t kMostRepeated = 1440;    // while a packet is overdue: 30 ms
constexpr std::int64_t kMostConcealed = 5760;  // a longer hole is not filled but left
constexpr int kSurePauses = 4;                 // enough of them outweigh what was before
constexpr float kAnyMatch = -2;                // below every correlation

std::size_t grains(std::int64_t samples, bool up) {
  const auto whole = static_cast<std::size_t>(std::max<std::int64_t>(samples, 0));
  return (whole + (up ? Concealment::kGrain - 1 : 0)) / Concealment::kGrain * Concealment::kGrain;
}

std::size_t whole_pulls(Micros duration, const Situation& now) {
  const Micros pull = to_micros(static_cast<std::int64_t>(now.pull_samples));
  return static_cast<std::size_t>(duration / pull) * now.pull_samples;
}

/// The packet that waits first follows on what was decoded.
bool follows(const Situation& now) {
  return now.first.has_value() && now.first->missing_packets == 0 &&
         now.first->gap_samples <= kSameMomentSamples;
}

/// So much too late is not worth a cut that may be heard.
Micros borne(const Situation& now) {
  const bool quick = now.packet_samples != 0 && now.packet_samples <= kShortPacket;
  return quick ? to_micros(kShortPacket) : Micros(audio::kBlockDuration);
}

Micros wanted(const Situation& now) {
  return aim(now.target, now.queued_samples, now.packet_samples, now.pull_samples);
}

}  // namespace

Micros aim(Micros target, std::size_t queued_samples, std::size_t packet_samples,
           std::size_t pull_samples) {
  std::size_t left = queued_samples % pull_samples;
  if (packet_samples < pull_samples && packet_samples != 0) {
    left += (pull_samples - left - 1) / packet_samples * packet_samples;
  }
  return target + to_micros(static_cast<std::int64_t>(left));
}

Order Decision::next(const Situation& now) {
  for (;;) {
    if (const std::optional<Order> order = take_stage(now); order.has_value()) return *order;
  }
}

std::optional<Order> Decision::take_stage(const Situation& now) {
  switch (stage_) {
    case Stage::kLate:
    case Stage::kThrowingAway:
      return throw_away(now);
    case Stage::kBegin:
      return begin(now);
    case Stage::kPace:
      return pace(now);
    case Stage::kGather:
      return gather(now);
    case Stage::kCut:
      stage_ = Stage::kBridge;
      return cut_;
    case Stage::kBridge:
      return bridge(now);
    case Stage::kFill:
      break;
  }
  return fill(now);
}

std::optional<Order> Decision::throw_away(const Situation& now) {
  const bool begun = stage_ == Stage::kThrowingAway;
  const bool catching_up = begun || now.due < catching_up_until_;
  const Micros most = catching_up ? max_delay_ : too_late_;
  if (now.first.has_value() && now.first->delay > most) {
    stage_ = Stage::kThrowingAway;
    if (!catching_up) catching_up_until_ = now.due + max_delay_;
    return Order{.operation = Operation::kThrowAway, .lost_packets = now.first->missing_packets};
  }
  stage_ = Stage::kBegin;
  // What is here now is new enough, and so is all that comes after it.
  if (now.first.has_value()) catching_up_until_ = now.due;
  if (!begun) return std::nullopt;
  const std::size_t concealed = settle_wait(static_cast<std::int64_t>(waited_samples_));
  return Order{.operation = Operation::kSkip, .concealed_samples = concealed};
}

std::optional<Order> Decision::begin(const Situation& now) {
  stage_ = Stage::kPace;
  if (talking_) return std::nullopt;
  stage_ = Stage::kFill;  // which ends the pull where no spurt is on
  if (!now.first.has_value()) {
    if (now.heard_before) waited_samples_ += now.pull_samples;
    return std::nullopt;
  }
  const Situation::First& first = *now.first;
  const bool goes_on = now.heard_before && follows(now);
  idle_samples_ += now.pull_samples;
  const bool waited_enough = to_micros(static_cast<std::int64_t>(idle_samples_)) > max_delay_;
  if (!goes_on && !waited_enough && first.delay < wanted(now)) {
    waited_samples_ += now.pull_samples;
    return std::nullopt;
  }
  settle_doubt(!goes_on);
  const std::int64_t gap = now.heard_before ? first.gap_samples : kMostConcealed;
  const std::int64_t missing = first.missing_packets * static_cast<std::int64_t>(first.samples);
  const std::int64_t speech =
      goes_on ? static_cast<std::int64_t>(waited_samples_) : std::min(gap, missing);
  stage_ = Stage::kPace;
  talking_ = true;
  idle_samples_ = 0;
  repeat_credit_samples_ = kMostRepeated;
  return Order{.operation = Operation::kBegin,
               .lost_packets = first.missing_packets,
               .concealed_samples = settle_wait(speech)};
}

/// A change of delay that leaves the slack of the next packet within the same pull gains nothing,
/// so both ways aim at whole pulls of slack and at packets that begin with a pull.
std::optional<Order> Decision::pace(const Situation& now) {
  stage_ = Stage::kBridge;
  since_stretch_samples_ += now.pull_samples;
  const Micros slack = now.delay - wanted(now);
  if (slack >= borne(now) || (now.quiet && slack >= Micros{0})) {
    plan_cut(now, slack);
    return std::nullopt;
  }
  const bool short_of = slack < (now.quiet ? -1ms : -5ms);
  if (!short_of || since_stretch_samples_ < (now.quiet ? 2 : 6) * kBlock) return std::nullopt;
  const std::size_t left = now.queued_samples % now.pull_samples;
  const std::size_t needed = now.pull_samples - left + whole_pulls(-slack, now);
  // A fine pull is not worth more than it lacks.
  const bool fine = now.pull_samples < kBlock;
  return Order{.operation = Operation::kExpand,
               .samples = fine ? std::max(needed, kMinLagSamples) : needed + kMinLagSamples,
               .least_match = now.quiet ? kAnyMatch : 0.8F};
}

void Decision::plan_cut(const Situation& now, Micros excess) {
  struct Pace {
    Micros excess;
    std::size_t blocks;  // between two cuts
    float least_match;   // of a cut that may be heard
  };
  constexpr std::array<Pace, 4> kPaces{
      {{200ms, 2, -1.0F}, {80ms, 2, 0.3F}, {30ms, 3, 0.6F}, {0ms, 6, 0.8F}}};
  const auto pace = std::ranges::find_if(kPaces, [&](const Pace& p) { return excess >= p.excess; });
  if (since_stretch_samples_ < (now.quiet ? 1 : pace->blocks) * kBlock) return;
  const std::size_t samples = now.queued_samples % now.pull_samples + whole_pulls(excess, now);
  cut_ = {.operation = Operation::kAccelerate,
          .samples = samples,
          .least_match = now.quiet ? kAnyMatch : pace->least_match};
  stage_ = Stage::kGather;
}

/// Decodes as much as a search for the best cut looks at.
std::optional<Order> Decision::gather(const Situation& now) {
  const bool enough = now.queued_samples >= now.pull_samples + kMaxLagSamples + kOverlapSamples;
  if (!enough && follows(now) && waited_samples_ == 0)
    return Order{.operation = Operation::kDecode};
  stage_ = Stage::kCut;
  return std::nullopt;
}

std::optional<Order> Decision::bridge(const Situation& now) {
  stage_ = Stage::kFill;
  const bool running_dry =
      !now.first.has_value() && now.queued_samples < now.pull_samples + kOverlapSamples;
  const bool overdue = now.next_delay > now.usual;
  if (!running_dry || !overdue || waited_samples_ != 0) return std::nullopt;
  in_doubt_ = in_doubt_ || now.quiet;
  if (now.quiet && pauses_ > 0) return std::nullopt;
  return Order{
      .operation = Operation::kExpand, .samples = repeat_credit_samples_, .least_match = 0.5F};
}

Order Decision::fill(const Situation& now) {
  if (!talking_ || now.queued_samples >= now.pull_samples) {
    stage_ = Stage::kLate;  // of the next pull
    return {.operation = talking_ ? Operation::kPlay : Operation::kWait};
  }
  if (!now.first.has_value()) {
    if (now.faded) return end_spurt();
    const std::size_t needed = now.pull_samples - now.queued_samples;
    // SILK's concealment knows nothing shorter than 10 ms.
    const std::size_t samples =
        now.pull_samples < kBlock ? kBlock : grains(static_cast<std::int64_t>(needed), true);
    waited_samples_ += samples;
    return {.operation = Operation::kConceal, .samples = samples};
  }
  if (!follows(now)) return fill_gap(now);
  settle_doubt(false);
  return {.operation = Operation::kDecode,
          .concealed_samples = settle_wait(static_cast<std::int64_t>(waited_samples_))};
}

Order Decision::fill_gap(const Situation& now) {
  const Situation::First& first = *now.first;
  const bool silence = first.missing_packets == 0;
  settle_doubt(silence);
  if (silence || first.gap_samples > kMostConcealed) return end_spurt();
  const auto waited = static_cast<std::int64_t>(waited_samples_);
  const std::size_t needed = grains(first.gap_samples - waited, false);
  const std::size_t packet = grains(static_cast<std::int64_t>(now.packet_samples), false);
  const std::size_t recoverable = first.has_fec ? std::min(needed, packet) : 0;
  const std::size_t invented = needed - recoverable;
  return {.operation = Operation::kRecover,
          .samples = invented,
          .fec_samples = recoverable,
          .lost_packets = first.missing_packets,
          .concealed_samples = settle_wait(waited) + invented};
}

Order Decision::end_spurt() {
  talking_ = false;
  idle_samples_ = 0;
  return {.operation = Operation::kEnd};
}

void Decision::done(const Order& order, std::size_t samples) {
  switch (order.operation) {
    case Operation::kBegin:
    case Operation::kDecode:
    case Operation::kRecover:
      repeat_credit_samples_ = std::min(repeat_credit_samples_ + samples / 2, kMostRepeated);
      if (samples == 0 && stage_ == Stage::kGather) stage_ = Stage::kCut;
      break;
    case Operation::kExpand:
      repeat_credit_samples_ -= std::min(repeat_credit_samples_, samples);
      [[fallthrough]];
    case Operation::kAccelerate:
      if (samples > 0) since_stretch_samples_ = 0;
      break;
    case Operation::kPlay:
    case Operation::kWait:
    case Operation::kThrowAway:
    case Operation::kSkip:
    case Operation::kConceal:
    case Operation::kEnd:
      break;
  }
}

void Decision::restart() {
  if (talking_) idle_samples_ = 0;
  talking_ = false;
  waited_samples_ = 0;
}

/// Why a packet was overdue while it was quiet, now that one is here.
void Decision::settle_doubt(bool paused) {
  if (!std::exchange(in_doubt_, false)) return;
  pauses_ = std::clamp(pauses_ + (paused ? 1 : -1), -kSurePauses, kSurePauses);
}

/// What the wait for a packet was, now that one is here: as much of it as `speech_samples` was
/// played in place of speech.
std::size_t Decision::settle_wait(std::int64_t speech_samples) {
  const auto speech = static_cast<std::size_t>(std::max<std::int64_t>(speech_samples, 0));
  return std::min(std::exchange(waited_samples_, 0), speech);
}

}  // namespace comcat::playout
