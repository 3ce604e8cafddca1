#include "comcat/server/standings.h"

#include <algorithm>

namespace comcat::server {

bool Standings::is_known(const Record& record, base::Time now) {
  return record.admitted && now - *record.admitted < kKnownFor;
}

bool Standings::is_old(const Record& record, base::Time now) {
  return now - record.given >= kForgotten;
}

Standing Standings::of(const std::string& address, base::Time now) const {
  const auto found = records_.find(address);
  if (found == records_.end()) return Standing::kNew;
  const Record& record = found->second;
  if (!is_old(record, now) && record.places <= 0) return Standing::kInVain;
  return is_known(record, now) ? Standing::kKnown : Standing::kNew;
}

void Standings::give(const std::string& address, base::Time now) {
  Record& record = record_of(address, now);
  record.places = std::max(record.places - 1, 0);
  record.given = now;
}

void Standings::admit(const std::string& address, base::Time now) {
  Record& record = record_of(address, now);
  record.places = std::min(record.places + kForEachGuest, kMostPlaces);
  record.given = now;
  record.admitted = now;
}

Standings::Record& Standings::record_of(const std::string& address, base::Time now) {
  const auto found = records_.find(address);
  if (found == records_.end()) {
    make_room(now);
    return records_[address] = {.places = 1, .given = now};
  }
  Record& record = found->second;
  if (is_old(record, now)) record.places = is_known(record, now) ? kForEachGuest : 1;
  return record;
}

void Standings::make_room(base::Time now) {
  if (records_.size() < kMostAddresses) return;
  const auto forget_where = [&](auto forgettable) {
    std::erase_if(records_, [&](const auto& entry) { return forgettable(entry.second); });
  };
  forget_where([&](const Record& it) { return is_old(it, now) && !is_known(it, now); });
  if (records_.size() < kMostAddresses) return;
  forget_where([&](const Record& it) { return !is_known(it, now); });
  if (records_.size() >= kMostAddresses) records_.clear();
}

}  // namespace comcat::server
