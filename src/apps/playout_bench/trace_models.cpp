#include <cmath>
#include <random>

#include "playout_bench/trace.h"
#include "playout_bench/trace_building.h"

namespace comcat::bench {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Random = std::mt19937_64;

Trace clean(std::uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> jitter(0, 1);
  return carry(speak("clean", 120s, seed), true, [&](const Flight&) { return jitter(random); });
}

/// Gamma of shape 2: its standard deviation is sqrt(2) x scale.
Trace wifi(std::uint64_t seed) {
  Random random(seed);
  std::gamma_distribution<double> jitter(2, 20 / std::sqrt(2.0));
  return carry(speak("wifi", 120s, seed), true, [&](const Flight&) { return jitter(random); });
}

Trace loss(std::string name, std::uint64_t seed, double share) {
  Random random(seed);
  std::uniform_real_distribution<double> any(0, 1);
  const int percent = static_cast<int>(share * 100);
  return carry(speak(std::move(name), 120s, seed, {.expected_loss_percent = percent}), true,
               [&](const Flight&) { return any(random) < share ? -1 : any(random); });
}

/// Gilbert's model: bursts of three packets on average, 5 % lost in all.
Trace bursty_loss(std::uint64_t seed) {
  constexpr double kEnd = 1.0 / 3;
  constexpr double kBegin = 0.05 * kEnd / 0.95;
  Random random(seed);
  std::uniform_real_distribution<double> any(0, 1);
  bool bad = false;
  return carry(speak("loss5burst", 120s, seed, {.expected_loss_percent = 5}), true,
               [&](const Flight&) {
                 bad = any(random) < (bad ? 1 - kEnd : kBegin);
                 return bad ? -1 : any(random);
               });
}

/// TCP: each 2-5 s a lost segment holds up everything behind it for 150-400 ms.
Trace tcp_stalls(std::uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> pause_ms(2000, 5000);
  std::uniform_real_distribution<double> stall_ms(150, 400);
  std::uniform_real_distribution<double> jitter(0, 1);
  Trace trace = speak("tcpstall", 120s, seed);
  Micros begin = 5s;
  Micros end = begin + micros(stall_ms(random));
  trace.stalls.push_back(end + kBase);
  auto held = [&](const Flight& flight) {
    while (flight.sent >= end) {
      begin = end + micros(pause_ms(random));
      end = begin + micros(stall_ms(random));
      if (end < 118s) trace.stalls.push_back(end + kBase);
    }
    const double wait = std::chrono::duration<double, std::milli>(end - flight.sent).count();
    return flight.sent >= begin ? wait : jitter(random);
  };
  Trace carried = carry(trace, true, held);
  carried.stalls = trace.stalls;
  return carried;
}

Trace step(std::uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> jitter(0, 1);
  Trace trace = carry(speak("step80", 120s, seed), true, [&](const Flight& flight) {
    const bool longer = flight.sent >= 40s && flight.sent < 80s;
    return (longer ? 80 : 0) + jitter(random);
  });
  trace.stalls.push_back(80s + kBase);
  return trace;
}

Trace drift(std::string name, std::uint64_t seed, double ppm) {
  Random random(seed);
  std::uniform_real_distribution<double> jitter(0, 2);
  return carry(speak(std::move(name), 3600s, seed, {}, ppm), true,
               [&](const Flight&) { return jitter(random); });
}

Trace dtx(std::uint64_t seed) {
  Random random(seed);
  std::gamma_distribution<double> jitter(2, 3);
  return carry(speak("dtx", 120s, seed, {.discontinuous = true}), true,
               [&](const Flight&) { return jitter(random); });
}

/// One packet in twenty takes a detour of 20-60 ms and comes after its successors.
Trace reordering(std::uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> any(0, 1);
  return carry(speak("reorder", 120s, seed), false, [&](const Flight&) {
    return any(random) < 0.05 ? 20 + 40 * any(random) : any(random);
  });
}

}  // namespace

const std::vector<TraceModel>& trace_models() {
  static const std::vector<TraceModel> models{
      {"clean", clean},
      {"wifi", wifi},
      {"loss1", [](std::uint64_t seed) { return loss("loss1", seed, 0.01); }},
      {"loss3", [](std::uint64_t seed) { return loss("loss3", seed, 0.03); }},
      {"loss5burst", bursty_loss},
      {"tcpstall", tcp_stalls},
      {"step80", step},
      {"drift+200", [](std::uint64_t seed) { return drift("drift+200", seed, 200); }},
      {"drift-200", [](std::uint64_t seed) { return drift("drift-200", seed, -200); }},
      {"dtx", dtx},
      {"reorder", reordering},
      {"growing", growing_queue},
      {"queues", random_queues},
      {"blackout", blackouts},
      {"mobile", mobile},
      {"mobiletcp", mobile_tcp}};
  return models;
}

}  // namespace comcat::bench
