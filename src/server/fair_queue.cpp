#include "comcat/server/fair_queue.h"

#include <iterator>

namespace comcat::server {

void FairQueue::push(const std::string& address, Id id) {
  if (waiting_[address].ids.insert(id).second) ++size_;
}

void FairQueue::erase(const std::string& address, Id id) {
  const auto found = waiting_.find(address);
  if (found == waiting_.end()) return;
  size_ -= found->second.ids.erase(id);
  if (found->second.ids.empty()) waiting_.erase(found);
}

std::optional<FairQueue::Id> FairQueue::pop() {
  if (waiting_.empty()) return std::nullopt;
  auto next = waiting_.upper_bound(last_);
  if (next == waiting_.end()) next = waiting_.begin();
  last_ = next->first;
  Waiting& waiting = next->second;
  const Id id = waiting.oldest_is_next ? *waiting.ids.begin() : *waiting.ids.rbegin();
  waiting.oldest_is_next = !waiting.oldest_is_next;
  erase(last_, id);
  return id;
}

std::optional<FairQueue::Id> FairQueue::youngest_of_crowd(Id end) const {
  std::optional<Id> youngest;
  std::ptrdiff_t most = 1;
  const auto look = [&](auto from, auto to) {
    for (; from != to; ++from) {
      const std::set<Id>& ids = from->second.ids;
      if (ids.size() * waiting_.size() < size_) continue;
      const auto last = ids.lower_bound(end);
      const auto count = std::distance(ids.begin(), last);
      if (count >= most) most = count, youngest = *std::prev(last);
    }
  };
  const auto next = waiting_.upper_bound(last_);
  look(next, waiting_.end());
  look(waiting_.begin(), next);
  return youngest;
}

}  // namespace comcat::server
