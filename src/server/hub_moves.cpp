// Callers who go from node to node of a cluster as who they are, and how a server ends.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/server/hub.h"
#include "comcat/wire/convert.h"

namespace comcat::server {
namespace {

using base::LogLevel;

Payload payload_of(const wire::Event& event) {
  return std::make_shared<const std::string>(wire::encode_response(event));
}

/// Of a drain's grace, how much the last to go have for arriving.
std::chrono::milliseconds time_for_moving(std::chrono::milliseconds grace) {
  return grace * 5 / 8;
}

bool can_go_over(const Caller& caller) {
  return caller.room != nullptr && caller.returns && caller.goes_over;
}

}  // namespace

// ---- from another node

void Hub::take_over(Caller& caller, const wire::Resident& former, const std::string& room,
                    base::Time now) {
  const Participant before = std::move(caller.who);
  callers_.erase(before.number);
  caller.who = participant_of(former.member);
  caller.who.entries = former.moves;
  caller.who.key_hash = before.key_hash;
  caller.who.host = before.host;
  caller.who.share = before.share;
  caller.who.muted_by_host |= before.muted_by_host;
  caller.who.about.claimed |= before.about.claimed;
  callers_.emplace(caller.who.number, &caller);
  cluster_->take_over(former);
  rooms_.take_over(caller, room, now);
  base::log(LogLevel::kInfo, "came_over",
            {{"session", caller.who.number},
             {"name", caller.who.name},
             {"room", caller.room->name()},
             {"address", caller.address}});
}

// ---- to another node

void Hub::move_out(Participant there, base::Time now) {
  const wire::SessionNumber number = there.number;
  base::log(LogLevel::kInfo, "went_over", {{"session", number}, {"name", there.name}});
  if (const auto found = callers_.find(number); found != callers_.end()) {
    Caller& caller = *found->second;
    texts_.forget(number);
    caller.listener.leave_room();
    rooms_.move_elsewhere(caller.who, *std::exchange(caller.room, nullptr), std::move(there), now);
    return close(caller, wire::LeaveReason::kMoved,
                 absl::AbortedError("you are in the room by another server of the cluster"), now);
  }
  auto& all = absentees_.all();
  const auto absentee =
      std::ranges::find(all, number, [](const Absentee& it) { return it.who.number; });
  if (absentee != all.end()) absentees_.let_move(*absentee, std::move(there), now);
}

void Hub::tell_others() {
  for (const auto& [number, caller] : callers_) {
    if (!can_go_over(*caller)) continue;
    caller->listener.send(payload_of(wire::OtherServers{cluster_->others(number)}));
  }
}

// ---- the end

void Hub::send_away(wire::SessionNumber session, base::Time now) {
  const auto found = callers_.find(session);
  if (found == callers_.end()) return;
  close(*found->second, wire::LeaveReason::kLost, absl::UnavailableError(kShuttingDown), now);
}

bool Hub::has_moved_out() const {
  const auto began = moving_out_.began();
  return !began || std::ranges::none_of(absentees_.all(),
                                        [&](const Absentee& it) { return it.lost >= *began; });
}

void Hub::drain(std::chrono::milliseconds grace, base::Time now) {
  draining_ = true;
  if (cluster_) cluster_->say_going(false, now);
  const bool has_others = cluster_ && !cluster_->others(0).empty();
  if (!has_others) {
    rooms_.drain(grace);
    absentees_.clear(now);
  }
  const auto grace_ms = static_cast<std::uint32_t>(grace.count());
  std::vector<Caller*> at_once;
  std::vector<wire::SessionNumber> one_by_one;
  for (const auto& [number, caller] : callers_) {
    const bool goes_over = has_others && can_go_over(*caller);
    if (goes_over) one_by_one.push_back(number);
    if (!goes_over) at_once.push_back(caller);
    const bool knows_events = caller->room != nullptr && !caller->who.original;
    if (has_others && knows_events) {
      caller->listener.send(payload_of(wire::Draining{grace_ms, goes_over}));
    }
  }
  const absl::Status status = absl::UnavailableError(kShuttingDown);
  for (Caller* const caller : at_once) close(*caller, wire::LeaveReason::kClosed, status, now);
  if (has_others) moving_out_.begin(std::move(one_by_one), time_for_moving(grace), now);
}

}  // namespace comcat::server
