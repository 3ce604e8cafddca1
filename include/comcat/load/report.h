#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "comcat/load/histogram.h"
#include "comcat/load/options.h"
#include "comcat/load/process_usage.h"

namespace comcat::load {

/// What happened to the server's process during one measurement.
struct ServerReport {
  ProcessUsage before;     // before the first client connected
  ProcessUsage connected;  // when everyone had joined and nobody spoken
  ProcessUsage began;      // when the measurement began
  ProcessUsage ended;      // when its last frame had arrived
};

/// What the listeners who stopped reading went through.
struct StallReport {
  std::uint64_t resumed = 0;
  std::uint64_t closed = 0;        // the server ended their streams
  Histogram first_age;             // of the first frame that each heard after resuming
  Histogram oldest_age;            // of the oldest one
  std::uint64_t stale_frames = 0;  // older than 500 ms, all of them together
};

/// The result of one measurement. Threads: a plain value; what writes it out may run on any.
///
/// Frames count where they were sent between the end of the warm-up and the end of the run. A frame
/// is expected by everyone else in its speaker's room who reads, where its speaker is among the
/// room's loudest that the server forwards (Welcome::max_speakers).
struct Report {
  Options options;
  std::chrono::duration<double> measured{0};
  std::uint64_t max_speakers = 0;  // as the server said
  std::uint64_t sent = 0;
  std::uint64_t expected = 0;
  std::uint64_t delivered = 0;
  std::uint64_t unexpected = 0;   // of speakers who are not among the loudest; not in `delivered`
  std::uint64_t messages = 0;     // that carried the delivered frames
  std::uint64_t by_datagram = 0;  // of the delivered
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;
  std::uint64_t lost_streams = 0;     // that ended during the run, of those who behaved
  std::uint64_t flooders_closed = 0;  // whose streams the server ended
  Histogram latency;                  // of delivered frames, one way
  Histogram lateness;                 // of the speakers' own timer
  std::chrono::nanoseconds own_cpu{0};
  double busiest_thread = 0;  // share of a core that the load's busiest thread used
  std::optional<ServerReport> server;
  std::optional<StallReport> stall;

  [[nodiscard]] double delivered_percent() const;
  [[nodiscard]] bool complete() const { return delivered >= expected && lost_streams == 0; }

  /// True where the load itself, not the server, may have made the figures: a thread of its own
  /// used more than four fifths of a core, or its timer ran late.
  [[nodiscard]] bool load_was_the_bottleneck() const;
};

/// One row, then lines of detail.
[[nodiscard]] std::string to_text(const Report& report);

/// One JSON object on one line.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace comcat::load
