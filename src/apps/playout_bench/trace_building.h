#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "playout_bench/trace.h"

namespace comcat::bench {

/// What the modelled traces are made of. Threads: any.

/// One way, of a packet that nothing holds up.
inline constexpr Micros kBase = std::chrono::milliseconds(20);

[[nodiscard]] Micros micros(double milliseconds);

/// A speaker that sends each frame on time; the network of the trace then fills in the arrivals.
[[nodiscard]] Trace speak(std::string name, Micros duration, std::uint64_t seed,
                          MaterialOptions material = {}, double drift_ppm = 0);

/// Gives each flight the delay above kBase that `extra_ms` draws (negative: lost).
[[nodiscard]] Trace carry(Trace trace, bool in_order,
                          const std::function<double(const Flight&)>& extra_ms);

/// Queues that grow and drain in a steady rhythm: 80 ms a second up to 400 ms, and down again.
[[nodiscard]] Trace growing_queue(std::uint64_t seed);
/// Queues of up to 400 ms that grow and drain at rates drawn anew each 0.5-3 s.
[[nodiscard]] Trace random_queues(std::uint64_t seed);
/// A Wi-Fi that changes its base station each 12-20 s: for 1.2 s nothing comes, then everything.
[[nodiscard]] Trace blackouts(std::uint64_t seed);
/// A mobile network with datagrams: grants each 10 ms, a load that wanders, handovers of 80-300 ms
/// each 15-40 s, 1 % lost in bursts.
[[nodiscard]] Trace mobile(std::uint64_t seed);
/// The same with TCP: a lost segment holds up what follows for a round trip and more.
[[nodiscard]] Trace mobile_tcp(std::uint64_t seed);

}  // namespace comcat::bench
