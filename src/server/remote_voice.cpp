#include "comcat/server/remote_voice.h"

#include <utility>

#include "comcat/wire/cluster_convert.h"

namespace comcat::server {

bool RemoteVoice::speak(const std::string& room_key, const std::string& room, Share share,
                        const wire::VoicePacket& frame, base::Time now) {
  Loudest& loudest = rooms_.try_emplace(room_key, max_speakers_).first->second.loudest;
  loudest.add(frame.speaker, share);
  if (!loudest.offer(frame.speaker, frame.level_dbov, now)) return false;
  wire::RoomVoice& waiting = waiting_[room_key];
  waiting.room = room;
  if (waiting.packets.size() == wire::kMaxRoomVoicePackets) return false;
  waiting.packets.push_back(frame);
  return true;
}

void RemoteVoice::silence(const std::string& room_key, wire::SessionNumber speaker) {
  const auto found = rooms_.find(room_key);
  if (found != rooms_.end()) found->second.loudest.silence(speaker);
}

void RemoteVoice::remove(const std::string& room_key, wire::SessionNumber speaker) {
  const auto found = rooms_.find(room_key);
  if (found != rooms_.end()) found->second.loudest.remove(speaker);
}

void RemoteVoice::flush(const wire::Sender& self, Outlet& outlet) {
  for (const auto& [key, voice] : std::exchange(waiting_, {})) {
    outlet.send({Topic::Kind::kVoice, key}, wire::encode_node_message(self, voice));
  }
}

}  // namespace comcat::server
