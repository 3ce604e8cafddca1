#include "comcat/server/fair_queue.h"

#include <iterator>
#include <utility>

namespace comcat::server {
namespace {

constexpr std::array kTurns{Standing::kKnown, Standing::kNew, Standing::kKnown, Standing::kInVain};

}  // namespace

void FairQueue::push(const std::string& address, Id id, Standing standing) {
  const auto [found, is_new] = waiting_.try_emplace(address);
  if (found->second.ids.insert(id).second) ++size_;
  if (!is_new) return move(address, standing);
  found->second.standing = standing;
  line_up(address, found->second);
}

void FairQueue::line_up(const std::string& address, Waiting& waiting) {
  waiting.since = ++last_since_;
  line(waiting.standing).emplace(waiting.since, address);
}

void FairQueue::erase(const std::string& address, Id id) {
  const auto found = waiting_.find(address);
  if (found == waiting_.end()) return;
  Waiting& waiting = found->second;
  size_ -= waiting.ids.erase(id);
  if (!waiting.ids.empty()) return;
  line(waiting.standing).erase(waiting.since);
  waiting_.erase(found);
}

void FairQueue::move(const std::string& address, Standing standing) {
  const auto found = waiting_.find(address);
  if (found == waiting_.end() || found->second.standing == standing) return;
  Waiting& waiting = found->second;
  line(waiting.standing).erase(waiting.since);
  waiting.standing = standing;
  line_up(address, waiting);
}

std::optional<Standing> FairQueue::whose_turn(Standing worst) {
  const Standing preferred = kTurns[turns_ % kTurns.size()];
  if (preferred <= worst && !line(preferred).empty()) return preferred;
  for (const Standing standing : {Standing::kKnown, Standing::kNew, Standing::kInVain}) {
    if (standing <= worst && !line(standing).empty()) return standing;
  }
  return std::nullopt;
}

std::optional<FairQueue::Turn> FairQueue::pop(Standing worst) {
  const std::optional<Standing> standing = whose_turn(worst);
  if (!standing) return std::nullopt;
  ++turns_;
  Addresses& addresses = line(*standing);
  const bool last_comes_first = *standing == Standing::kNew && !oldest_is_next_;
  if (*standing == Standing::kNew) oldest_is_next_ = !oldest_is_next_;
  const auto next = last_comes_first ? std::prev(addresses.end()) : addresses.begin();
  const std::string address = next->second;
  addresses.erase(next);
  Waiting& waiting = waiting_.at(address);
  line_up(address, waiting);
  const Id id = waiting.oldest_is_next ? *waiting.ids.begin() : *waiting.ids.rbegin();
  waiting.oldest_is_next = !waiting.oldest_is_next;
  erase(address, id);
  return Turn{address, id};
}

std::optional<FairQueue::Id> FairQueue::youngest_of_crowd(Id end) const {
  for (auto addresses = lines_.rbegin(); addresses != lines_.rend(); ++addresses) {
    if (const std::optional<Id> youngest = youngest_of_crowd(*addresses, end)) return youngest;
  }
  return std::nullopt;
}

std::optional<FairQueue::Id> FairQueue::youngest_of_crowd(const Addresses& addresses,
                                                          Id end) const {
  std::optional<Id> youngest;
  std::ptrdiff_t most = 1;
  for (const auto& [since, address] : addresses) {
    const std::set<Id>& ids = waiting_.at(address).ids;
    if (ids.size() * waiting_.size() < size_) continue;
    const auto last = ids.lower_bound(end);
    const auto count = std::distance(ids.begin(), last);
    if (count >= most) most = count, youngest = *std::prev(last);
  }
  return youngest;
}

}  // namespace comcat::server
