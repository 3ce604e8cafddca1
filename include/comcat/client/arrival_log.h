#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "comcat/base/clock.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::client {

/// When one packet came, and what it says of itself.
struct PacketArrival {
  wire::SessionNumber speaker = 0;
  std::uint32_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::size_t bytes = 0;
  base::Time at{};
};

/// Arrivals as lines that comcat-playout-bench reads: "send time in ms,arrival time in ms,size in
/// bytes,speaker", each speaker's in the order of sending; what never came has no arrival. The send
/// time is the packet's timestamp; the first one's is a second before its arrival, since nobody
/// knows how long it travelled. A speaker whose numbers start again is another one: 7, 7-2, 7-3...
///
/// Threads  one at a time.
/// Memory   the packets of the last kPatience, so that those that overtake each other are written
///          in order. Of at most kMostSpeakers; the lines of further ones are not made.
class ArrivalLog {
 public:
  static constexpr std::chrono::seconds kPatience{2};
  static constexpr std::size_t kMostSpeakers = 64;

  static std::string heading() { return "send_ms,arrival_ms,bytes,speaker\n"; }

  void insert(const PacketArrival& arrival);

  /// The lines of what nothing can precede any more.
  [[nodiscard]] std::string take(base::Time now);

  /// The lines of all that is left.
  [[nodiscard]] std::string take_all();

 private:
  /// Unwrapped.
  struct Place {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
  };
  struct Packet {
    std::int64_t timestamp = 0;
    std::size_t bytes = 0;
    base::Time at{};
  };
  struct Speaker {
    std::string name;
    int starts = 0;
    base::Time begin{};
    Place first;
    Place newest;
    std::optional<Place> written;
    std::map<std::int64_t, Packet> waiting;  // by sequence
  };

  void begin(Speaker& speaker, const PacketArrival& arrival);
  void write_first(Speaker& speaker);

  std::map<wire::SessionNumber, Speaker> speakers_;
  std::string lines_;  // that are finished
};

}  // namespace comcat::client
