#include "comcat/server/hub.h"

#include <algorithm>
#include <utility>

#include "comcat/base/log.h"
#include "comcat/base/uuid.h"

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

Hub::Hub(HubOptions options, Metrics& metrics)
    : options_(options), metrics_(metrics), rooms_(options.rooms, metrics) {}

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
  if (caller.room == nullptr) return;
  rooms_.leave(caller, reason, now);
  base::log(
      LogLevel::kInfo, "left",
      {{"session", caller.who.number},
       {"name", caller.who.name},
       {"reason", word(reason)},
       {"seconds", std::chrono::duration_cast<std::chrono::seconds>(now - caller.opened).count()}});
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
  rooms_.tick(now);
  if (now >= next_sweep_) sweep(now);
}

void Hub::sweep(base::Time now) {
  next_sweep_ = now + kSweepInterval;
  rooms_.catch_up();
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
  return std::min(std::max(now, next_sweep_), rooms_.next_deadline());
}

void Hub::drain(std::chrono::milliseconds grace, base::Time now) {
  draining_ = true;
  rooms_.drain(grace);
  while (!callers_.empty()) {
    close(*callers_.begin()->second, wire::LeaveReason::kClosed,
          absl::UnavailableError(kShuttingDown), now);
  }
}

}  // namespace comcat::server
