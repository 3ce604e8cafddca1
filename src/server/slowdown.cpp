#include "comcat/server/slowdown.h"

#include <algorithm>
#include <tuple>

namespace comcat::server {

std::chrono::milliseconds Slowdown::slow(const std::string& address, base::Time now) {
  if (!slowed_.contains(address)) make_room(now);
  Slowed& slowed = slowed_[address];
  if (!is_slow(slowed, now)) slowed.gap = kFirstGap / 2;
  slowed.gap = std::min(2 * slowed.gap, kMaxGap);
  slowed.since = now;
  slowed.next = std::max(slowed.next, now + slowed.gap);
  return slowed.gap;
}

bool Slowdown::turn(const std::string& address, base::Time now) {
  const auto found = slowed_.find(address);
  if (found == slowed_.end()) return true;
  Slowed& slowed = found->second;
  if (!is_slow(slowed, now)) {
    slowed_.erase(found);
    return true;
  }
  if (now < slowed.next) return false;
  slowed.next = now + slowed.gap;
  return true;
}

bool Slowdown::is_slow(Slowed& slowed, base::Time now) {
  for (; slowed.gap >= kFirstGap && now - slowed.since >= kHalfLife; slowed.since += kHalfLife) {
    slowed.gap /= 2;
  }
  return slowed.gap >= kFirstGap;
}

void Slowdown::make_room(base::Time now) {
  if (slowed_.size() < kMostAddresses) return;
  std::erase_if(slowed_, [&](const auto& entry) {
    Slowed slowed = entry.second;
    return !is_slow(slowed, now);
  });
  if (slowed_.size() < kMostAddresses) return;
  slowed_.erase(std::ranges::min_element(slowed_, {}, [](const auto& entry) {
    return std::tuple(entry.second.gap, entry.second.since);
  }));
}

}  // namespace comcat::server
