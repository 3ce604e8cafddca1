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

void Hub::open(Session& session, base::Time now) {
  do {
    session.member.session = next_number_++;  // 0 is nobody
  } while (session.member.session == 0 || sessions_.contains(session.member.session));
  session.member.id = base::make_uuid();
  session.opened = now;
  session.open = true;
  sessions_.emplace(session.member.session, &session);
  metrics_.clients = sessions_.size();
}

absl::Status Hub::receive(Session& session, wire::Request request, base::Time now) {
  if (!session.open) return absl::OkStatus();  // its close is on the way
  if (session.frames.full(now) && session.bytes.full(now)) session.voice_flood = {};
  if (session.commands.full(now)) session.command_flood = {};
  absl::Status status = std::visit([&](auto& it) { return on(session, it, now); }, request);
  if (!status.ok()) leave(session, wire::LeaveReason::kClosed, now);
  if (session.open && session.listener.overflowed) close_overflowed(session, now);
  return status;
}

void Hub::leave(Session& session, wire::LeaveReason reason, base::Time now) {
  if (!session.open) return;
  session.open = false;
  sessions_.erase(session.member.session);
  metrics_.clients = sessions_.size();
  session.listener.leave_room();
  if (session.room == nullptr) return;
  depart(session, reason, now);
  base::log(LogLevel::kInfo, "left",
            {{"session", session.member.session},
             {"name", session.member.name},
             {"reason", word(reason)},
             {"seconds",
              std::chrono::duration_cast<std::chrono::seconds>(now - session.opened).count()}});
}

absl::Status Hub::enter(Session& session, const std::string& room_name, base::Time now) {
  const std::string key = base::comparison_key(room_name);
  auto found = rooms_.find(key);
  if (found == rooms_.end()) {
    const bool vacates = session.room != nullptr && session.room->members().size() == 1;
    if (rooms_.size() - (vacates ? 1 : 0) >= options_.max_rooms) {
      return absl::ResourceExhaustedError("the server has all the rooms it may have; join another");
    }
    auto room = std::make_unique<Room>(room_name, key, options_.max_speakers, metrics_);
    found = rooms_.emplace(key, std::move(room)).first;
    metrics_.rooms = rooms_.size();
  }
  Room& room = *found->second;
  if (room.has_name(session.name_key)) {
    return absl::AlreadyExistsError("somebody in the room " + room.name() + " goes by the name " +
                                    session.member.name + "; choose another room or another name");
  }
  tell(room, wire::Joined{session.member}, nullptr, now);
  room.add(session);
  session.room = &room;
  return absl::OkStatus();
}

void Hub::depart(Session& session, wire::LeaveReason reason, base::Time now) {
  Room& room = *std::exchange(session.room, nullptr);
  room.remove(session);
  if (room.members().empty()) {
    const auto of_room = [&](const auto& entry) { return entry.second == &room; };
    std::erase_if(flushing_, of_room);
    std::erase_if(telling_, of_room);
    rooms_.erase(room.key());
    metrics_.rooms = rooms_.size();
    return;
  }
  // When all go, nobody needs to hear of each.
  if (!draining_) tell(room, wire::Left{session.member.session, reason}, nullptr, now);
}

void Hub::tell(Room& room, const wire::Event& event, const Session* except, base::Time now) {
  if (room.tell(event, except, now)) telling_.emplace_back(*room.events_at(), &room);
}

void Hub::close(Session& session, wire::LeaveReason reason, const absl::Status& status,
                base::Time now) {
  base::log(LogLevel::kWarning, "closed",
            {{"session", session.member.session},
             {"address", session.address},
             {"why", std::string(status.message())}});
  leave(session, reason, now);
  session.listener.link.close(status);
}

void Hub::close_overflowed(Session& session, base::Time now) {
  close(session, wire::LeaveReason::kClosed,
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
  std::vector<Session*> over;
  for (const auto& [number, session] : sessions_) {
    if (session->listener.overflowed || !check_time(*session, now).ok()) over.push_back(session);
  }
  for (Session* session : over) {
    if (session->listener.overflowed) {
      close_overflowed(*session, now);
    } else {
      const absl::Status status = check_time(*session, now);
      if (absl::IsAborted(status)) metrics_.closed_stalled.fetch_add(1);
      close(*session, wire::LeaveReason::kLost, status, now);
    }
  }
}

absl::Status Hub::check_time(const Session& session, base::Time now) const {
  if (session.room == nullptr && now - session.opened > options_.hello_timeout) {
    return absl::DeadlineExceededError(
        "no hello within " + std::to_string(options_.hello_timeout.count()) + " s of connecting");
  }
  const base::Time write_started = session.listener.write_started;
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
  while (!sessions_.empty()) {
    close(*sessions_.begin()->second, wire::LeaveReason::kClosed,
          absl::UnavailableError(kShuttingDown), now);
  }
}

}  // namespace comcat::server
