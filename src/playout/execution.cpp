#include "comcat/playout/execution.h"

#include <algorithm>
#include <cmath>

#include "comcat/playout/time_stretch.h"

namespace comcat::playout {
namespace {

using Operation = Order::Operation;

float energy(std::span<const float> samples) {
  float sum = 0;
  for (const float sample : samples) sum += sample * sample;
  return sum;
}

}  // namespace

std::size_t Execution::obey(const Order& order, std::string_view payload) {
  switch (order.operation) {
    case Operation::kBegin:
    case Operation::kDecode:
      return decode(payload);
    case Operation::kRecover:
      if (order.samples > 0) conceal(order.samples);
      if (order.fec_samples > 0) concealment_.recover(payload, order.fec_samples, queue_);
      return decode(payload);
    case Operation::kAccelerate:
      return accelerate(order);
    case Operation::kExpand:
      return expand(order);
    case Operation::kConceal:
      conceal(order.samples);
      break;
    case Operation::kEnd:
      finish();
      break;
    case Operation::kSkip:
      concealment_.skip();
      break;
    case Operation::kPlay:
    case Operation::kWait:
    case Operation::kThrowAway:
      break;
  }
  return 0;
}

std::size_t Execution::decode(std::string_view payload) {
  const std::size_t before = queue_.ahead();
  const std::size_t samples = concealment_.decode(payload, queue_);
  if (samples == 0) return 0;
  const float mean = energy(queue_.waiting().subspan(before)) / static_cast<float>(samples);
  loudness_ = std::max(loudness_ * 0.998F, std::sqrt(mean));
  return samples;
}

void Execution::conceal(std::size_t samples) {
  open_invention();
  concealment_.conceal(samples, queue_);
  invented_end_ = static_cast<std::int64_t>(queue_.ahead());
}

void Execution::finish() {
  open_invention();
  concealment_.finish(queue_);
  invented_end_ = static_cast<std::int64_t>(queue_.ahead());
}

/// Invention follows at the end of the queue: a new one, or the last one goes on.
void Execution::open_invention() {
  const auto end = static_cast<std::int64_t>(queue_.ahead());
  if (end > invented_end_) invented_begin_ = end;
}

void Execution::shift_invention(std::int64_t samples) {
  invented_begin_ += samples;
  invented_end_ += samples;
}

std::size_t Execution::accelerate(const Order& order) {
  const Splice splice = find_cut(queue_, order.samples);
  if (splice.lag_samples == 0 || splice.match < order.least_match) return 0;
  cut(queue_, splice);
  shift_invention(-static_cast<std::int64_t>(splice.lag_samples));
  return splice.lag_samples;
}

std::size_t Execution::expand(const Order& order) {
  const Splice splice = find_repeat(queue_, order.samples);
  if (splice.lag_samples == 0 || splice.match < order.least_match) return 0;
  repeat(queue_, splice);
  shift_invention(static_cast<std::int64_t>(splice.lag_samples));
  return splice.lag_samples;
}

Execution::Played Execution::play(std::span<float> out) {
  std::ranges::fill(out, 0.0F);
  const std::size_t samples = std::min(out.size(), queue_.ahead());
  const auto end = static_cast<std::int64_t>(samples);
  const std::int64_t invented =
      std::min(end, invented_end_) - std::max<std::int64_t>(0, invented_begin_);
  queue_.pop(out.first(samples));
  shift_invention(-end);
  return {.samples = samples, .speech = samples > 0 && 2 * invented < end};
}

bool Execution::quiet() const {
  constexpr float kInaudible = 0.001F;
  constexpr float kAgainstSpeech = 0.03F;
  const auto next = queue_.waiting().first(std::min(queue_.ahead(), audio::kBlockSamples));
  if (next.empty()) return false;
  const float loud = std::max(kInaudible, kAgainstSpeech * loudness_);
  return energy(next) < loud * loud * static_cast<float>(next.size());
}

}  // namespace comcat::playout
