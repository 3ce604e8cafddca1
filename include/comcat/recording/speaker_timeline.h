#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comcat/wire/voice_packet.h"

namespace comcat::recording {

/// A packet and where it belongs in the recording.
struct PlacedPacket {
  std::int64_t at = 0;  // of its first sample
  std::int64_t samples = 0;
  std::string payload;
};

/// Where one speaker's packets belong in a recording of a whole call. Within a spurt the speaker's
/// own timestamps say so, to the sample; between two the place follows the arrivals, so that
/// different clocks do not drift apart and nobody can say that he speaks in the next century.
///
/// Time      48 kHz samples since the recording began, by the listener's clock.
/// Memory    the packets of kPatience, so that those that overtake each other are in order.
/// Threads   one at a time.
class SpeakerTimeline {
 public:
  static constexpr std::int64_t kPatience = 48'000;
  /// A packet further from its arrival than that begins a place of its own.
  static constexpr std::int64_t kMostDeviation = 2 * 48'000;
  /// A pause in which the place may be put right.
  static constexpr std::int64_t kPause = 9'600;

  /// `packet` of `samples` arrived at `arrival`.
  void insert(const wire::VoicePacket& packet, std::int64_t samples, std::int64_t arrival);

  /// What nothing can precede any more at `now`, in order.
  [[nodiscard]] std::vector<PlacedPacket> take(std::int64_t now);
  [[nodiscard]] std::vector<PlacedPacket> take_all();

 private:
  struct Waiting {
    PlacedPacket placed;
    std::int64_t arrival = 0;
  };
  /// Numbers unwrapped, of the newest packet.
  struct Newest {
    std::int64_t sequence = 0;
    std::int64_t end = 0;  // the timestamp that follows
  };

  void begin(const wire::VoicePacket& packet, std::int64_t arrival);
  void follow(std::int64_t sequence, std::int64_t timestamp, std::int64_t arrival);

  std::optional<Newest> newest_;
  std::int64_t offset_ = 0;                  // place less timestamp
  std::int64_t least_late_ = 0;              // of this spurt's packets, against that
  std::int64_t taken_ = 0;                   // sequence number that follows what was taken
  std::map<std::int64_t, Waiting> waiting_;  // by sequence number
  std::vector<PlacedPacket> ready_;          // of a numbering that is over
};

}  // namespace comcat::recording
