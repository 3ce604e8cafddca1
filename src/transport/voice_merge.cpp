#include "voice_merge.h"

#include <algorithm>

namespace comcat::transport {

void VoiceMerge::thin(wire::VoicePackets& packets) {
  duplicates_ +=
      std::erase_if(packets, [this](const wire::VoicePacket& packet) { return !is_new(packet); });
}

bool VoiceMerge::is_new(const wire::VoicePacket& packet) {
  if (speakers_.size() >= kMostSpeakers && !speakers_.contains(packet.speaker)) make_room();
  Speaker& speaker = speakers_[packet.speaker];
  speaker.heard = ++packets_;
  return speaker.filter.take(packet.sequence);
}

void VoiceMerge::make_room() {
  speakers_.erase(std::min_element(
      speakers_.begin(), speakers_.end(),
      [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; }));
}

}  // namespace comcat::transport
