#include "comcat/server/waiting_room.h"

namespace comcat::server {

bool WaitingRoom::push(const std::string& address, Id id, base::Time now) {
  if (!held_.contains(address) && slowdown_.turn(address, now)) {
    join(address, id);
    return true;
  }
  held_[address].push(address, id);
  return false;
}

void WaitingRoom::join(const std::string& address, Id id) {
  ready_.push(address, id);
  ++came_;
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
    while (waiting.size() > 0 && slowdown_.turn(address, now)) join(address, *waiting.pop());
  }
  std::erase_if(held_, [](const auto& entry) { return entry.second.size() == 0; });
}

}  // namespace comcat::server
