#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "comcat/datagram/send_path.h"

namespace comcat::transport {

/// How voice travels at the moment. Threads: a plain value.
struct PathStatus {
  using Phase = datagram::SendPath::Phase;

  bool offered = false;  // the server has offered datagrams; the rest says something only then
  datagram::Way up = datagram::Way::kStream;
  datagram::Way down = datagram::Way::kStream;          // as the last voice came
  Phase phase = Phase::kStarting;                       // of the way up
  std::optional<std::chrono::microseconds> round_trip;  // of a datagram
  std::optional<std::chrono::microseconds> spread;      // SendPath::spread()
  // Lost of the datagrams of the last 3 s, 0 to 1.
  double loss_up = 0;
  double loss_down = 0;
  std::uint64_t duplicate_frames = 0;  // came by the stream and by datagram
};

}  // namespace comcat::transport
