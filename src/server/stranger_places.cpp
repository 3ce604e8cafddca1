#include "comcat/server/stranger_places.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace comcat::server {
namespace {

// Time to be admitted in: of this machine and the peer's, and on the way between them, of which no
// more is believed than the way around the world takes.
constexpr std::chrono::milliseconds kWork{100};
constexpr std::chrono::milliseconds kLongestRoundTrip{150};
constexpr int kRoundTrips = 4;

// So much more where this machine has no time to spare, and so may keep waiting whoever is slow.
constexpr std::chrono::seconds kScarce{3};

// Who has had the machine's answer for so long, and its place for as long as others may, waits for
// itself: the peer's own machine may be as busy.
constexpr std::chrono::milliseconds kPeersTurn{300};

// While guests come in nobody is cut for others: each of them earns so much.
constexpr std::chrono::milliseconds kForEachGuest{10};
constexpr std::chrono::seconds kLongestBusy{1};

// For each guest so many places were not given in vain after all: a crowd of guests stalls at
// times.
constexpr std::size_t kForgiven = 8;

// One part in so many of the places is there once more for addresses that are new or known, and
// once for those that are known.
constexpr std::size_t kBeside = 8;

// So many may be cut before the first of them is closed.
constexpr std::size_t kMaxLeaving = 4;

}  // namespace

std::optional<Standing> StrangerPlaces::open_to(base::Time now) {
  std::erase_if(leaving_, [](const auto& line) { return !line->is_open(); });
  if (!turns_.has(1, now)) return std::nullopt;
  const std::size_t beside = capacity_ / kBeside;
  if (taken() < capacity_) return Standing::kInVain;
  if (taken() < capacity_ + beside) return Standing::kNew;
  if (taken() < capacity_ + 2 * beside) return Standing::kKnown;
  return std::nullopt;
}

void StrangerPlaces::take(Id id, base::Duration round_trip, base::Time now) {
  std::ignore = turns_.take(1, now);
  const base::Duration way = kRoundTrips * std::min<base::Duration>(round_trip, kLongestRoundTrip);
  holders_[id] = now + kWork + way;
}

void StrangerPlaces::give_back(Id id) {
  if (holders_.erase(id) > 0) in_vain_ = std::min(in_vain_ + 1, 4 * capacity_);
}

void StrangerPlaces::give_back(Id id, std::unique_ptr<Line> line) {
  if (!holders_.contains(id)) return;
  give_back(id);
  leaving_.push_back(std::move(line));
}

void StrangerPlaces::admit(Id id) {
  if (holders_.erase(id) == 0) return;
  ++admitted_;
  in_vain_ -= std::min(in_vain_, kForgiven);
}

void StrangerPlaces::refuse(Id id) {
  if (const auto found = holders_.find(id); found != holders_.end())
    found->second = base::Time::min();
}

std::vector<StrangerPlaces::Id> StrangerPlaces::holders_of_all() const {
  std::vector<Id> ids;
  if (!all_taken()) return ids;
  for (const auto& [id, until] : holders_) ids.push_back(id);
  return ids;
}

bool StrangerPlaces::may_go(Id id, base::Time until, bool mild, const PeersTurn& peers_turn,
                            base::Time now) const {
  if (!mild || until == base::Time::min()) return until <= now;
  return until + kScarce <= now || (until <= now && peers_turn(id) >= kPeersTurn);
}

std::optional<StrangerPlaces::Id> StrangerPlaces::weakest(std::size_t waiting, bool time_is_scarce,
                                                          const PeersTurn& peers_turn,
                                                          base::Time now) {
  busy_until_ = std::max(busy_until_, now) + std::exchange(admitted_, 0) * kForEachGuest;
  busy_until_ = std::min(busy_until_, now + kLongestBusy);
  if (now < busy_until_ || !all_taken() || leaving_.size() >= std::min(waiting, kMaxLeaving))
    return std::nullopt;
  const bool mild = time_is_scarce && !given_in_vain();
  auto weakest = holders_.end();
  for (auto holder = holders_.begin(); holder != holders_.end(); ++holder) {
    if (weakest != holders_.end() && weakest->second <= holder->second) continue;
    if (may_go(holder->first, holder->second, mild, peers_turn, now)) weakest = holder;
  }
  if (weakest == holders_.end()) return std::nullopt;
  return weakest->first;
}

}  // namespace comcat::server
