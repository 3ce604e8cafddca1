#include "comcat/server/host_mutes.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "comcat/cluster/record_rules.h"

namespace comcat::server {

bool HostMutes::is_muted(const std::string& device) const {
  const auto found = records_.find(device);
  return found != records_.end() && found->second.muted;
}

void HostMutes::set(const std::string& device, bool muted, store::WallTime now) {
  if (device.empty() || is_muted(device) == muted) return;
  const auto now_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  const auto found = records_.find(device);
  // What is said here is later than what was, whatever the clocks say.
  const std::uint64_t after = found == records_.end() ? 0 : found->second.changed_ms + 1;
  const wire::MuteRecord record{device, std::max(now_ms, after), muted};
  if (put(record) && told_) told_(record);
}

void HostMutes::learn(const wire::MuteRecord& theirs) {
  const auto found = records_.find(theirs.device);
  put(found == records_.end() ? theirs : cluster::merged(found->second, theirs));
}

std::vector<wire::MuteRecord> HostMutes::records() const {
  std::vector<wire::MuteRecord> out;
  for (const auto& [device, record] : records_) out.push_back(record);
  return out;
}

bool HostMutes::put(const wire::MuteRecord& record) {
  erase(record.device);
  if (!make_room()) return false;
  digest_.toggle(record.device, cluster::content_of(record));
  records_.emplace(record.device, record);
  return true;
}

void HostMutes::erase(const std::string& device) {
  const auto found = records_.find(device);
  if (found == records_.end()) return;
  digest_.toggle(device, cluster::content_of(found->second));
  records_.erase(found);
}

bool HostMutes::make_room() {
  if (records_.size() < kMost) return true;
  const auto past = std::ranges::find_if(records_, [](const auto& it) { return !it.second.muted; });
  if (past == records_.end()) return false;
  erase(std::string(past->first));
  return true;
}

}  // namespace comcat::server
