#include "playout_bench/trace_building.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace comcat::bench {
namespace {

using std::chrono_literals::operator""ms;

constexpr Micros kFrame = 20ms;
constexpr std::uint32_t kFrameSamples = 960;

}  // namespace

Micros micros(double milliseconds) {
  return Micros{std::llround(milliseconds * 1000)};
}

Trace speak(std::string name, Micros duration, std::uint64_t seed, MaterialOptions material,
            double drift_ppm) {
  Trace trace{.name = std::move(name),
              .flights = {},
              .material = material,
              .drift_ppm = drift_ppm,
              .best_delay = kBase,
              .stalls = {}};
  trace.material.seed = seed;
  const std::vector<Encoded> minute =
      material.discontinuous ? encode_minute(trace.material) : std::vector<Encoded>{};
  std::uint32_t sequence = 0xFFFFFF00;  // so that it wraps
  std::uint32_t timestamp = 0xFFFF0000;
  for (std::int64_t i = 0; i * kFrame < duration; ++i, timestamp += kFrameSamples) {
    const auto frame = static_cast<std::size_t>(i % 3000);
    if (material.discontinuous && minute[frame].empty()) {
      if (!trace.flights.empty()) trace.flights.back().last_of_spurt = true;
      continue;
    }
    const double sent_ms = static_cast<double>(i) * 20 / (1 + drift_ppm * 1e-6);
    trace.flights.push_back({.sequence = sequence++,
                             .timestamp = timestamp,
                             .sent = micros(sent_ms),
                             .arrived = {},
                             .frame = frame});
  }
  return trace;
}

Trace carry(Trace trace, bool in_order, const std::function<double(const Flight&)>& extra_ms) {
  Micros before{0};
  for (Flight& flight : trace.flights) {
    const double extra = extra_ms(flight);
    if (extra < 0) continue;
    flight.arrived = flight.sent + kBase + micros(extra);
    if (in_order) before = *(flight.arrived = std::max(*flight.arrived, before));
  }
  return trace;
}

}  // namespace comcat::bench
