#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "playout_bench/material.h"

namespace comcat::bench {

using Micros = std::chrono::microseconds;

/// One packet on its way from a speaker to a listener. Times count from the trace's beginning on
/// the listener's clock; the speaker's clock may run at another rate (Trace::drift_ppm).
struct Flight {
  std::uint32_t sequence = 0;
  std::uint32_t timestamp = 0;
  Micros sent{0};
  std::optional<Micros> arrived;  // nothing: lost
  std::size_t frame = 0;          // which frame of the material it carries
  bool last_of_spurt = false;     // silence follows (Mumble marks it in the packet)
};

struct Trace {
  std::string name;
  std::vector<Flight> flights;  // in order of sending
  MaterialOptions material;
  double drift_ppm = 0;        // how much faster the speaker's clock runs
  Micros best_delay{0};        // of the fastest packet
  std::vector<Micros> stalls;  // when the network recovered: a burst arrived, or a step ended
};

/// One modelled trace of the benchmark: a pure function of the seed.
struct TraceModel {
  std::string name;
  std::function<Trace(std::uint64_t seed)> make;
};
[[nodiscard]] const std::vector<TraceModel>& trace_models();

/// Recorded traces, one for each speaker: lines of "send time in ms, arrival time in ms, size in
/// bytes, speaker" in order of sending, the last of which may be missing; an empty arrival is a
/// loss, a first line without numbers is a heading. The errors are sentences for the user.
[[nodiscard]] absl::StatusOr<std::vector<Trace>> read_traces(const std::string& path);

}  // namespace comcat::bench
