#include "comcat/client/talkers.h"

#include <algorithm>

namespace comcat::client {

bool Talkers::hear(const wire::VoicePackets& frames, base::Time now) {
  const absl::MutexLock lock(&mutex_);
  bool begins = false;
  for (const wire::VoicePacket& frame : frames) begins = hear_one(frame, now) || begins;
  return begins;
}

bool Talkers::hear_one(const wire::VoicePacket& frame, base::Time now) {
  const bool is_voice = frame.level_dbov <= kVoiceDbov;
  auto found = spurts_.find(frame.speaker);
  if (found == spurts_.end()) {
    if (!is_voice) return false;
    std::erase_if(spurts_, [now](const auto& other) { return !other.second.goes_on(now); });
    if (spurts_.size() >= kMost) return false;
    found = spurts_.emplace(frame.speaker, Spurt{now, now, frame.level_dbov}).first;
    return true;
  }
  Spurt& spurt = found->second;
  spurt.level_dbov = frame.level_dbov;
  if (!is_voice) return false;
  const bool begins = !spurt.goes_on(now);
  if (begins) spurt.begin = now;
  spurt.voice = now;
  return begins;
}

void Talkers::remove(wire::SessionNumber session) {
  const absl::MutexLock lock(&mutex_);
  spurts_.erase(session);
}

std::vector<Talkers::Talker> Talkers::now(base::Time now) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::pair<base::Time, Talker>> found;
  for (const auto& [session, spurt] : spurts_) {
    if (spurt.goes_on(now)) found.emplace_back(spurt.begin, Talker{session, spurt.level_dbov});
  }
  std::ranges::stable_sort(found, {}, [](const auto& it) { return it.first; });
  std::vector<Talker> out;
  for (const auto& [begin, talker] : found) out.push_back(talker);
  return out;
}

base::Time Talkers::next_end(base::Time now) const {
  const absl::MutexLock lock(&mutex_);
  base::Time next = base::Time::max();
  for (const auto& [session, spurt] : spurts_) {
    if (spurt.goes_on(now)) next = std::min(next, spurt.voice + kHold);
  }
  return next;
}

}  // namespace comcat::client
