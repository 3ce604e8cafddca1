// What a listener's playout costs: decoding, stretching and mixing, as a share of one core.
//
//   comcat-playout-cost
//
// "core_percent" is the time that one second of sound takes, "us_per_frame" the time per 20 ms
// frame of one speaker.

#include <chrono>
#include <cstdint>
#include <ctime>
#include <vector>

#include <benchmark/benchmark.h>

#include "comcat/playout/mixer.h"

#include "playout_bench/material.h"

namespace {

using comcat::audio::kBlockDuration;
using std::chrono_literals::operator""ms;

enum Network : int { kPrompt, kStalls };

/// When the frame that every speaker sends at 20 ms x n comes: at once, or after a stall of 300 ms
/// each three seconds, so that a tenth of the time everyone catches up.
std::chrono::milliseconds arrival(std::int64_t n, int network) {
  const std::int64_t since_ms = 20 * (n % 150);
  const std::int64_t late_ms = network == kStalls && since_ms < 300 ? 300 - since_ms : 0;
  return 20ms * n + 1ms * late_ms;
}

void talk(benchmark::State& state) {
  const auto speakers = static_cast<std::uint32_t>(state.range(0));
  const auto network = static_cast<int>(state.range(1));
  const auto minute = comcat::bench::encode_minute({});
  comcat::playout::Mixer mixer;
  comcat::audio::Block block;
  std::int64_t sent = 0;
  std::int64_t blocks = 0;
  const std::clock_t begin = std::clock();
  for (auto _ : state) {
    const comcat::base::Time now{kBlockDuration * blocks++};
    for (; arrival(sent, network) <= now.time_since_epoch(); ++sent) {
      for (std::uint32_t id = 0; id < speakers; ++id) {
        // Each speaker is elsewhere in the minute.
        const auto frame = static_cast<std::size_t>(sent + 137 * id) % minute.size();
        const auto sequence = static_cast<std::uint32_t>(sent);
        mixer.insert({.speaker = id,
                      .sequence = sequence,
                      .timestamp = sequence * 960,
                      .payload = minute[frame]},
                     now);
      }
    }
    mixer.pull(block, now);
    benchmark::DoNotOptimize(block);
  }
  const double cpu_us =
      1e6 * static_cast<double>(std::clock() - begin) / static_cast<double>(CLOCKS_PER_SEC);
  const double sound_us = static_cast<double>(blocks) * 10'000;
  state.counters["core_percent"] = 100 * cpu_us / sound_us;
  state.counters["us_per_frame"] = cpu_us / (static_cast<double>(sent) * speakers);
}

BENCHMARK(talk)
    ->ArgNames({"speakers", "stalls"})
    ->ArgsProduct({{1, 20}, {kPrompt, kStalls}})
    ->Iterations(6000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
