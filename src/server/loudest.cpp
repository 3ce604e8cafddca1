#include "comcat/server/loudest.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace comcat::server {

void Loudest::add(wire::SessionNumber speaker, Share share) {
  const auto [found, is_new] = speakers_.try_emplace(speaker);
  if (is_new) found->second.account = &contest_.open(speaker, share);
}

Loudest::Speaker& Loudest::find_or_add(wire::SessionNumber speaker) {
  auto found = speakers_.find(speaker);
  if (found == speakers_.end()) {
    add(speaker, Share{speaker});
    found = speakers_.find(speaker);
  }
  return found->second;
}

void Loudest::silence(wire::SessionNumber speaker) {
  const auto found = speakers_.find(speaker);
  if (found == speakers_.end()) return;
  found->second.claim = {};
  std::erase(slots_, &found->second);
  std::erase(challengers_, &found->second);
}

void Loudest::remove(wire::SessionNumber speaker) {
  silence(speaker);
  contest_.close(speaker);
  speakers_.erase(speaker);
}

Loudest::Rank Loudest::rank(const Speaker& holder, const Speaker& wants, base::Time now) {
  if (holder.claim.is_over(now)) return Rank::kFree;
  const bool voice_holds = !holder.claim.is_steady(now);
  const bool voice_wants = !wants.claim.is_steady(now);
  const double lead = Contest::lead(*holder.account, *wants.account);
  if (lead >= Contest::kDebtSeconds && voice_wants >= voice_holds) return Rank::kOwes;
  if (lead <= -Contest::kDebtSeconds && voice_holds >= voice_wants) return Rank::kIsOwed;
  return Rank::kEven;
}

Loudest::Speaker*& Loudest::weakest(const Speaker& wants, base::Time now) {
  return *std::min_element(slots_.begin(), slots_.end(), [&](const Speaker* a, const Speaker* b) {
    return std::tuple(rank(*a, wants, now), a->claim.believed_db(now)) <
           std::tuple(rank(*b, wants, now), b->claim.believed_db(now));
  });
}

Loudest::Speaker*& Loudest::challenger(Speaker& wants, base::Time now) {
  std::erase_if(challengers_,
                [&](const Speaker* c) { return now - c->claim.last_frame() > kHold; });
  const auto found = std::find(challengers_.begin(), challengers_.end(), &wants);
  if (found != challengers_.end()) return *found;
  wants.louder_since = {};
  return challengers_.emplace_back(&wants);
}

bool Loudest::offer(wire::SessionNumber number, std::uint8_t level_dbov, base::Time now) {
  if (max_speakers_ == 0) return false;
  Speaker& speaker = find_or_add(number);
  const bool heard = level_dbov <= kVoiceDbov;
  const bool has_slot = std::find(slots_.begin(), slots_.end(), &speaker) != slots_.end();
  Speaker** const waits =
      has_slot || slots_.size() < max_speakers_ ? nullptr : &challenger(speaker, now);
  if (heard) {
    const base::Duration time = std::min<base::Duration>(now - speaker.claim.last_voice(), kHold);
    contest_.charge(*speaker.account, time, has_slot, now);
  }
  speaker.claim.hear(level_dbov, now);
  if (has_slot) return true;
  if (waits != nullptr) return contend(*waits, heard, now);
  std::erase(challengers_, &speaker);
  slots_.push_back(&speaker);
  return true;
}

bool Loudest::contend(Speaker*& challenger, bool heard, base::Time now) {
  Speaker& wants = *challenger;
  Speaker*& holder = weakest(wants, now);
  const Rank rank = Loudest::rank(*holder, wants, now);
  const bool louder = wants.claim.believed_db(now) >= holder->claim.believed_db(now) + kMarginDb;
  if (!heard || !(rank == Rank::kOwes || (rank != Rank::kIsOwed && louder))) {
    wants.louder_since = {};
  } else if (wants.louder_since == base::Time{}) {
    wants.louder_since = now;
  }
  const bool takes = wants.louder_since != base::Time{} && now - wants.louder_since >= kPersistence;
  const bool free = rank == Rank::kFree;
  if (!heard) return false;
  if (!free && !takes) {
    contest_.note_refused(now);
    return false;
  }
  wants.louder_since = {};
  std::swap(holder, challenger);
  challenger->louder_since = {};
  return free;  // else this frame's turn was the other's; the next is forwarded
}

std::size_t Loudest::talking(base::Time now) const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(),
                    [&](const Speaker* s) { return now - s->claim.last_voice() <= kFrameGap; }));
}

}  // namespace comcat::server
