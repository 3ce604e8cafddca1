#include "comcat/bus/peers.h"

namespace comcat::bus {

void Peers::name(std::uint64_t sender, const std::string& name) {
  const absl::MutexLock lock(&mutex_);
  const bool fits = figures_.contains(name) || figures_.size() < kMost;
  const std::string known = fits ? name : kOthers;
  figures_.try_emplace(known);
  names_.insert_or_assign(sender, known);
}

void Peers::forget(std::uint64_t sender) {
  const absl::MutexLock lock(&mutex_);
  names_.erase(sender);
}

void Peers::count(std::uint64_t sender, std::size_t bytes, base::Duration age) {
  const absl::MutexLock lock(&mutex_);
  Figures* const its = find(sender);
  if (its == nullptr) return;
  ++its->messages;
  its->bytes += bytes;
  its->age += age;
}

void Peers::count_late(std::uint64_t sender) {
  const absl::MutexLock lock(&mutex_);
  if (Figures* const its = find(sender)) ++its->late;
}

std::map<std::string, Peers::Figures> Peers::all() const {
  const absl::MutexLock lock(&mutex_);
  return figures_;
}

Peers::Figures* Peers::find(std::uint64_t sender) {
  const auto found = names_.find(sender);
  return found == names_.end() ? nullptr : &figures_.at(found->second);
}

}  // namespace comcat::bus
