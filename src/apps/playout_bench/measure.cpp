#include "playout_bench/measure.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace comcat::bench {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Micros kTail = 1s;         // played out after the last arrival
constexpr Micros kRecovered = 20ms;  // this near to the delay before the stall
constexpr std::size_t kFrameSamples = 960;

double to_ms(Micros duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::vector<const Flight*> by_arrival(const Trace& trace) {
  std::vector<const Flight*> arrivals;
  for (const Flight& flight : trace.flights) {
    if (flight.arrived.has_value()) arrivals.push_back(&flight);
  }
  std::ranges::stable_sort(arrivals, {}, [](const Flight* flight) { return *flight->arrived; });
  return arrivals;
}

/// Follows which of the sent frames were heard, and when.
class Listener {
 public:
  Listener(const Trace& trace, std::size_t pull_samples)
      : trace_(trace), pull_samples_(pull_samples) {
    const std::uint32_t last = trace.flights.back().timestamp - trace.flights.front().timestamp;
    heard_.resize(last / kFrameSamples + 1);
    sent_.resize(heard_.size());
    for (const Flight& flight : trace.flights) sent_[index(flight)] = true;
  }

  void hear(const Played& played, Micros now) {
    stretched_ += played.stretched_samples;
    if (!played.timestamp.has_value()) {
      // Whether it was filled or left silent: what counts is that the speaker went on speaking.
      if (next_.has_value() && speech_at(*next_ + pull_samples_ / 2)) {
        gap_ += pull_samples_;
      }
      return;
    }
    // What is said again at the very beginning may lie before it.
    const auto since_first = static_cast<std::uint32_t>(std::max(
        0, static_cast<std::int32_t>(*played.timestamp - trace_.flights.front().timestamp)));
    settle_gap(since_first);
    next_ = since_first + pull_samples_;
    // What time stretching took away lies around it.
    mark_heard(since_first - std::min<std::size_t>(since_first, played.stretched_samples),
               *next_ + played.stretched_samples);
    const double sent_us = since_first / 0.048 / (1 + trace_.drift_ppm * 1e-6);
    const Micros due = trace_.flights.front().sent + Micros{std::llround(sent_us)};
    curve_.push_back({now, now - due - trace_.best_delay, played.target});
  }

  /// Of everything, which has been heard now.
  [[nodiscard]] Figures figures() {
    settle_gap(std::nullopt);
    Figures figures;
    figures.curve = curve_;
    const double sent = static_cast<double>(trace_.flights.size() * kFrameSamples);
    std::size_t heard = 0;
    for (const Flight& flight : trace_.flights)
      heard += heard_[index(flight)] >= kFrameSamples / 2 ? 1 : 0;
    figures.concealed_percent = 100 * static_cast<double>(concealed_) / sent;
    figures.stretched_percent = 100 * static_cast<double>(stretched_) / sent;
    figures.unheard_percent = 100 - 100 * static_cast<double>(heard * kFrameSamples) / sent;
    if (curve_.empty()) return figures;
    delays(figures);
    figures.recovery_ms = recovery_ms();
    return figures;
  }

 private:
  [[nodiscard]] std::size_t index(const Flight& flight) const {
    return (flight.timestamp - trace_.flights.front().timestamp) / kFrameSamples;
  }

  [[nodiscard]] bool speech_at(std::size_t sample) const {
    const std::size_t frame = sample / kFrameSamples;
    return frame < sent_.size() && sent_[frame];
  }

  void mark_heard(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin / kFrameSamples; i < heard_.size() && i * kFrameSamples < end; ++i) {
      const std::size_t from = std::max(begin, i * kFrameSamples);
      heard_[i] += std::min(end, (i + 1) * kFrameSamples) - from;
    }
  }

  /// Speech is heard again, from `resumed` on, or never. A gap within running speech is concealed
  /// in full, be it a loss or a stall; in one before a pause, no more than was left of the spurt.
  void settle_gap(std::optional<std::size_t> resumed) {
    const std::size_t gap = std::exchange(gap_, 0);
    if (gap == 0) return;
    std::size_t end = *next_;
    while (speech_at(end)) end = (end / kFrameSamples + 1) * kFrameSamples;
    const bool goes_on = resumed.has_value() && *resumed < end;
    concealed_ += goes_on ? gap : std::min(gap, end - *next_);
  }

  void delays(Figures& figures) const {
    std::vector<double> sorted;
    double sum = 0;
    double end_sum = 0;
    double end_count = 0;
    for (const Point& point : curve_) {
      sorted.push_back(to_ms(point.delay));
      sum += sorted.back();
      if (point.time < curve_.back().time - 1s) continue;
      end_sum += sorted.back();
      ++end_count;
    }
    std::ranges::sort(sorted);
    figures.mean_ms = sum / static_cast<double>(sorted.size());
    figures.p95_ms = sorted[sorted.size() * 95 / 100];
    figures.end_ms = end_sum / end_count;
  }

  /// From each stall's end until the delay is again near what it was at first (1-4 s).
  [[nodiscard]] std::optional<double> recovery_ms() const {
    if (trace_.stalls.empty()) return std::nullopt;
    Micros before{0};
    int count = 0;
    for (const Point& point : curve_) {
      if (point.time < 1s || point.time >= 4s) continue;
      before += point.delay;
      ++count;
    }
    before /= std::max(count, 1);
    double sum = 0;
    for (std::size_t i = 0; i < trace_.stalls.size(); ++i) {
      const Micros begin = trace_.stalls[i];
      const Micros end = i + 1 < trace_.stalls.size() ? trace_.stalls[i + 1] : curve_.back().time;
      const auto found = std::ranges::find_if(curve_, [&](const Point& point) {
        return point.time >= begin && (point.time >= end || point.delay <= before + kRecovered);
      });
      sum += to_ms((found == curve_.end() ? end : std::min(found->time, end)) - begin);
    }
    return sum / static_cast<double>(trace_.stalls.size());
  }

  const Trace& trace_;
  const std::size_t pull_samples_;
  std::vector<bool> sent_;           // by frame since the first
  std::vector<std::size_t> heard_;   // samples of each
  std::optional<std::size_t> next_;  // the sample after the speech that played last
  std::size_t gap_ = 0;              // samples since then in place of speech
  std::vector<Point> curve_;
  std::size_t concealed_ = 0;
  std::size_t stretched_ = 0;
};

}  // namespace

Figures measure(const Trace& trace, const std::vector<Encoded>& minute, Player& player) {
  const std::vector<const Flight*> arrivals = by_arrival(trace);
  const std::size_t pull_samples = player.pull_samples();
  const Micros pull{static_cast<std::int64_t>(pull_samples) * 125 / 6};
  Listener listener(trace, pull_samples);
  if (arrivals.empty()) return listener.figures();
  const Micros end = *arrivals.back()->arrived + kTail;
  auto next = arrivals.begin();
  std::vector<float> block(pull_samples);
  for (Micros now{3700}; now < end; now += pull) {  // sound cards keep no round times
    for (; next != arrivals.end() && *(*next)->arrived <= now; ++next) {
      player.insert(**next, minute[(*next)->frame], *(*next)->arrived);
    }
    listener.hear(player.pull(block, now), now);
  }
  return listener.figures();
}

}  // namespace comcat::bench
