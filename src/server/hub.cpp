#include "comcat/server/hub.h"

#include <algorithm>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/base/unicode.h"
#include "comcat/base/uuid.h"
#include "comcat/wire/convert.h"

namespace comcat::server {
namespace {

using base::LogLevel;

constexpr std::chrono::milliseconds kSweepInterval{500};

const char* word(wire::LeaveReason reason) {
  switch (reason) {
    case wire::LeaveReason::kStopped:
      return "stopped";
    case wire::LeaveReason::kLost:
      return "lost";
    case wire::LeaveReason::kMoved:
      return "moved";
    case wire::LeaveReason::kClosed:
      return "closed";
    case wire::LeaveReason::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace

Hub::Hub(HubOptions options, Metrics& metrics) : options_(options), metrics_(metrics) {}

void Hub::open(Caller& caller, base::Time now) {
  do {
    caller.who.number = next_number_++;  // 0 is nobody
  } while (caller.who.number == 0 || callers_.contains(caller.who.number));
  caller.who.id = base::make_uuid();
  caller.opened = now;
  caller.open = true;
  callers_.emplace(caller.who.number, &caller);
  metrics_.clients = callers_.size();
}

absl::Status Hub::receive(Caller& caller, wire::Request request, base::Time now) {
  if (!caller.open) return absl::OkStatus();  // its close is on the way
  caller.conduct.forgive(now);
  absl::Status status = handle(caller, request, now);
  if (!status.ok()) leave(caller, wire::LeaveReason::kClosed, now);
  if (caller.open && caller.listener.overflowed) close_overflowed(caller, now);
  return status;
}

void Hub::leave(Caller& caller, wire::LeaveReason reason, base::Time now) {
  if (!caller.open) return;
  caller.open = false;
  callers_.erase(caller.who.number);
  metrics_.clients = callers_.size();
  caller.listener.leave_room();
  if (caller.room == nullptr) return;
  depart(caller, reason, now);
  base::log(
      LogLevel::kInfo, "left",
      {{"session", caller.who.number},
       {"name", caller.who.name},
       {"reason", word(reason)},
       {"seconds", std::chrono::duration_cast<std::chrono::seconds>(now - caller.opened).count()}});
}

absl::Status Hub::enter(Caller& caller, const std::string& room_name, base::Time now) {
  const std::string key = base::comparison_key(room_name);
  auto found = rooms_.find(key);
  if (found == rooms_.end()) {
    const bool vacates = caller.room != nullptr && caller.room->size() == 1;
    if (rooms_.size() - (vacates ? 1 : 0) >= options_.max_rooms) {
      return absl::ResourceExhaustedError("the server has all the rooms it may have; join another");
    }
    auto room = std::make_unique<Room>(room_name, key, options_.max_speakers, metrics_);
    found = rooms_.emplace(key, std::move(room)).first;
    metrics_.rooms = rooms_.size();
  }
  Room& room = *found->second;
  if (room.has_name(caller.who.name_key)) {
    return absl::AlreadyExistsError("somebody in the room " + room.name() + " goes by the name " +
                                    caller.who.name + "; choose another room or another name");
  }
  tell(room, wire::Joined{caller.who.member()}, nullptr, now);
  room.add(caller.who, caller.listener);
  caller.room = &room;
  return absl::OkStatus();
}

void Hub::depart(Caller& caller, wire::LeaveReason reason, base::Time now) {
  Room& room = *std::exchange(caller.room, nullptr);
  room.remove(caller.who);
  if (room.size() == 0) {
    const auto of_room = [&](const auto& entry) { return entry.second == &room; };
    std::erase_if(flushing_, of_room);
    std::erase_if(telling_, of_room);
    rooms_.erase(room.key());
    metrics_.rooms = rooms_.size();
    return;
  }
  // When all go, nobody needs to hear of each.
  if (!draining_) tell(room, wire::Left{caller.who.number, reason}, nullptr, now);
}

void Hub::tell(Room& room, const wire::Event& event, const Participant* except, base::Time now) {
  if (room.tell(event, except, now)) telling_.emplace_back(*room.events_at(), &room);
}

void Hub::close(Caller& caller, wire::LeaveReason reason, const absl::Status& status,
                base::Time now) {
  base::log(LogLevel::kWarning, "closed",
            {{"session", caller.who.number},
             {"address", caller.address},
             {"why", std::string(status.message())}});
  leave(caller, reason, now);
  caller.listener.link.close(status);
}

void Hub::close_overflowed(Caller& caller, base::Time now) {
  close(caller, wire::LeaveReason::kClosed,
        absl::AbortedError("disconnected for not reading: too many messages waited for you"), now);
}

void Hub::tick(base::Time now) {
  while (!flushing_.empty() && flushing_.front().first <= now) {
    const auto [due, room] = flushing_.front();
    flushing_.pop_front();
    if (room->flush_at() == due) room->flush();  // else it went out early
  }
  while (!telling_.empty() && telling_.front().first <= now) {
    Room& room = *telling_.front().second;
    telling_.pop_front();
    room.release_events(now);
  }
  if (now >= next_sweep_) sweep(now);
}

void Hub::sweep(base::Time now) {
  next_sweep_ = now + kSweepInterval;
  for (const auto& [name, room] : rooms_) room->catch_up();
  std::vector<Caller*> over;
  for (const auto& [number, caller] : callers_) {
    if (caller->listener.overflowed || !check_time(*caller, now).ok()) over.push_back(caller);
  }
  for (Caller* caller : over) {
    if (caller->listener.overflowed) {
      close_overflowed(*caller, now);
    } else {
      const absl::Status status = check_time(*caller, now);
      if (absl::IsAborted(status)) metrics_.closed_stalled.fetch_add(1);
      close(*caller, wire::LeaveReason::kLost, status, now);
    }
  }
}

absl::Status Hub::check_time(const Caller& caller, base::Time now) const {
  if (caller.room == nullptr && now - caller.opened > options_.hello_timeout) {
    return absl::DeadlineExceededError(
        "no hello within " + std::to_string(options_.hello_timeout.count()) + " s of connecting");
  }
  const base::Time write_started = caller.listener.write_started;
  if (write_started != base::Time{} && now - write_started > options_.stall_timeout) {
    return absl::AbortedError("disconnected for not reading for " +
                              std::to_string(options_.stall_timeout.count()) + " s");
  }
  return absl::OkStatus();
}

base::Time Hub::next_deadline(base::Time now) const {
  base::Time next = std::max(now, next_sweep_);
  if (!flushing_.empty()) next = std::min(next, flushing_.front().first);
  if (!telling_.empty()) next = std::min(next, telling_.front().first);
  return next;
}

void Hub::drain(std::chrono::milliseconds grace, base::Time now) {
  draining_ = true;
  const auto grace_ms = static_cast<std::uint32_t>(grace.count());
  for (const auto& [name, room] : rooms_) room->deliver(wire::Draining{grace_ms});
  while (!callers_.empty()) {
    close(*callers_.begin()->second, wire::LeaveReason::kClosed,
          absl::UnavailableError(kShuttingDown), now);
  }
}

}  // namespace comcat::server
