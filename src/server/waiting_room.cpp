#include "comcat/server/waiting_room.h"

namespace comcat::server {

bool WaitingRoom::push(const std::string& address, Id id, base::Time now) {
  if (!held_.contains(address) && slowdown_.turn(address, now)) {
    join(address, id, now);
    return true;
  }
  held_[address].push(address, id, Standing::kNew);
  return false;
}

void WaitingRoom::join(const std::string& address, Id id, base::Time now) {
  ready_.push(address, id, standings_.of(address, now));
  ++came_;
}

std::optional<WaitingRoom::Id> WaitingRoom::pop(Standing worst, base::Time now) {
  const std::optional<FairQueue::Turn> turn = ready_.pop(worst);
  if (!turn) return std::nullopt;
  standings_.give(turn->address, now);
  ready_.move(turn->address, standings_.of(turn->address, now));
  return turn->id;
}

void WaitingRoom::admit(const std::string& address, base::Time now) {
  standings_.admit(address, now);
  ready_.move(address, standings_.of(address, now));
}

void WaitingRoom::erase(const std::string& address, Id id) {
  ready_.erase(address, id);
  const auto held = held_.find(address);
  if (held == held_.end()) return;
  held->second.erase(address, id);
  if (held->second.size() == 0) held_.erase(held);
}

void WaitingRoom::release(base::Time now) {
  for (auto& [address, waiting] : held_) {
    while (waiting.size() > 0 && slowdown_.turn(address, now))
      join(address, waiting.pop()->id, now);
  }
  std::erase_if(held_, [](const auto& entry) { return entry.second.size() == 0; });
}

}  // namespace comcat::server
