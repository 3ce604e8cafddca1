#include "comcat/server/loudest.h"

#include <algorithm>
#include <utility>

namespace comcat::server {
namespace {

// Weight of the newest frame. Levels fall slower than they rise, so that the gap after a syllable
// does not look like a quieter speaker.
constexpr double kAttack = 0.5;
constexpr double kRelease = 0.05;

template <typename Candidates>
auto find(Candidates& candidates, wire::SessionNumber number) {
  return std::find_if(candidates.begin(), candidates.end(),
                      [&](const auto& candidate) { return candidate.number == number; });
}

}  // namespace

void Loudest::update(Candidate& candidate, std::uint8_t level_dbov, base::Time now) {
  candidate.last_frame = now;
  if (level_dbov > kVoiceDbov) return;  // a pause says nothing about how loud the voice is
  const double level_db = -static_cast<double>(level_dbov);
  const double rise_db = level_db - candidate.level_db;
  const bool fresh = now - candidate.last_voice > kHold;
  candidate.level_db += rise_db * (fresh ? 1 : rise_db > 0 ? kAttack : kRelease);
  candidate.last_voice = now;
}

bool Loudest::is_free(const Candidate& candidate, base::Time now) {
  return now - candidate.last_voice > kHold;
}

Loudest::Candidate& Loudest::weakest(base::Time now) {
  return *std::min_element(
      slots_.begin(), slots_.end(), [&](const Candidate& a, const Candidate& b) {
        return std::pair(!is_free(a, now), a.level_db) < std::pair(!is_free(b, now), b.level_db);
      });
}

Loudest::Candidate& Loudest::challenger(wire::SessionNumber number, base::Time now) {
  std::erase_if(challengers_, [&](const Candidate& c) { return now - c.last_frame > kHold; });
  const auto found = find(challengers_, number);
  if (found != challengers_.end()) return *found;
  return challengers_.emplace_back(Candidate{.number = number});
}

bool Loudest::offer(wire::SessionNumber speaker, std::uint8_t level_dbov, base::Time now) {
  if (const auto slot = find(slots_, speaker); slot != slots_.end()) {
    update(*slot, level_dbov, now);
    return true;
  }
  if (slots_.size() < max_speakers_) {
    update(slots_.emplace_back(Candidate{.number = speaker}), level_dbov, now);
    return true;
  }
  if (slots_.empty()) return false;
  Candidate& wants = challenger(speaker, now);
  update(wants, level_dbov, now);
  Candidate& holder = weakest(now);
  const bool heard = level_dbov <= kVoiceDbov;
  if (!heard || wants.level_db < holder.level_db + kMarginDb) {
    wants.louder_since = {};
  } else if (wants.louder_since == base::Time{}) {
    wants.louder_since = now;
  }
  const bool louder =
      wants.louder_since != base::Time{} && now - wants.louder_since >= kPersistence;
  const bool free = is_free(holder, now);
  if (!heard || !(free || louder)) return false;
  Candidate demoted = std::exchange(holder, wants);
  demoted.louder_since = {};
  holder.louder_since = {};
  *find(challengers_, speaker) = demoted;
  return free;  // else this frame's turn was the other's; the next is forwarded
}

void Loudest::remove(wire::SessionNumber speaker) {
  std::erase_if(slots_, [&](const Candidate& s) { return s.number == speaker; });
  std::erase_if(challengers_, [&](const Candidate& s) { return s.number == speaker; });
}

std::size_t Loudest::talking(base::Time now) const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(),
                    [&](const Candidate& s) { return now - s.last_voice <= kFrameGap; }));
}

}  // namespace comcat::server
