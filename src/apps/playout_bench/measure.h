#pragma once

#include <optional>
#include <vector>

#include "playout_bench/player.h"
#include "playout_bench/trace.h"

namespace comcat::bench {

/// The delay of one moment: from when the best packet of the trace would have arrived, to the ear.
struct Point {
  Micros time;
  Micros delay;
  Micros target;
};

/// What one player made of one trace. Shares are of the speech sent.
struct Figures {
  double mean_ms = 0;
  double p95_ms = 0;
  double end_ms = 0;             // of the last second
  double concealed_percent = 0;  // gaps in running speech, filled or silent
  double stretched_percent = 0;
  double unheard_percent = 0;         // frames of which less than half was played
  std::optional<double> recovery_ms;  // mean over the trace's stalls; capped at the next one
  std::vector<Point> curve;           // each pull in which speech played
};

/// Plays `trace` through `player`, as many samples at a time as it likes.
[[nodiscard]] Figures measure(const Trace& trace, const std::vector<Encoded>& minute,
                              Player& player);

}  // namespace comcat::bench
