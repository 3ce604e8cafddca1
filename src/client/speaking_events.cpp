#include "speaking_events.h"

#include <algorithm>

namespace comcat::client {
namespace {

constexpr std::chrono::seconds kSecond{1};

}  // namespace

std::vector<SpeakingEvents::Change> SpeakingEvents::step(
    const std::vector<Talkers::Talker>& talking, base::Time now) {
  std::vector<Change> out;
  waits_ = false;
  while (const std::optional<Change> change = next_change(talking)) {
    waits_ = !may_tell(now);
    if (waits_) break;
    told_at_.push_back(now);
    if (change->speaks) {
      told_.push_back(change->session);
    } else {
      remove(change->session);
    }
    out.push_back(*change);
  }
  return out;
}

bool SpeakingEvents::may_tell(base::Time now) {
  while (!told_at_.empty() && now - told_at_.front() >= kSecond) told_at_.pop_front();
  return told_at_.size() < kMostASecond;
}

/// Ends go first, so that what was told longest ago is put right first.
std::optional<SpeakingEvents::Change> SpeakingEvents::next_change(
    const std::vector<Talkers::Talker>& talking) const {
  for (const wire::SessionNumber session : told_) {
    const bool goes_on = std::ranges::any_of(
        talking, [session](const Talkers::Talker& it) { return it.session == session; });
    if (!goes_on) return Change{session, false};
  }
  for (const Talkers::Talker& it : talking) {
    if (std::ranges::find(told_, it.session) == told_.end()) return Change{it.session, true};
  }
  return std::nullopt;
}

base::Time SpeakingEvents::next_deadline() const {
  return waits_ ? told_at_.front() + kSecond : base::Time::max();
}

void SpeakingEvents::remove(wire::SessionNumber session) {
  std::erase(told_, session);
}

}  // namespace comcat::client
