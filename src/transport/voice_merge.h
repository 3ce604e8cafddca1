#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "comcat/datagram/replay_window.h"
#include "comcat/wire/voice_packet.h"

namespace comcat::transport {

/// Lets each packet of voice through once, of those that come by the stream and by datagrams.
///
/// Capacity   kMostSpeakers; for a further one, who has not been heard for longest is forgotten.
/// Threads    one at a time.
class VoiceMerge {
 public:
  static constexpr std::size_t kMostSpeakers = 256;

  /// Takes away those packets that have come before.
  void thin(wire::VoicePackets& packets);

  /// Taken away so far.
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }

 private:
  struct Speaker {
    datagram::SequenceFilter filter;
    std::uint64_t heard = 0;  // when, as packets count
  };

  [[nodiscard]] bool is_new(const wire::VoicePacket& packet);
  void make_room();

  std::map<wire::SessionNumber, Speaker> speakers_;
  std::uint64_t packets_ = 0;
  std::uint64_t duplicates_ = 0;
};

}  // namespace comcat::transport
