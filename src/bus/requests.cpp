#include "requests.h"

#include <algorithm>

namespace comcat::bus {

std::pair<std::uint64_t, Requests::OnAnswer> Requests::add(OnAnswer on_answer,
                                                           base::Time deadline) {
  OnAnswer gone;
  if (waiting_.size() >= kMost) {
    gone = std::move(waiting_.begin()->second.on_answer);
    waiting_.erase(waiting_.begin());
  }
  const std::uint64_t number = next_++;
  waiting_.emplace(number, Waiting{std::move(on_answer), deadline});
  return {number, std::move(gone)};
}

Requests::OnAnswer Requests::take(std::uint64_t number) {
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return {};
  OnAnswer on_answer = std::move(found->second.on_answer);
  waiting_.erase(found);
  return on_answer;
}

std::vector<Requests::OnAnswer> Requests::expire(base::Time now) {
  std::vector<OnAnswer> over;
  std::erase_if(waiting_, [&](auto& entry) {
    if (entry.second.deadline > now) return false;
    over.push_back(std::move(entry.second.on_answer));
    return true;
  });
  return over;
}

base::Time Requests::next_deadline() const {
  base::Time next = base::Time::max();
  for (const auto& [number, waiting] : waiting_) next = std::min(next, waiting.deadline);
  return next;
}

}  // namespace comcat::bus
