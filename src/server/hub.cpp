#include "comcat/server/hub.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "comcat/base/log.h"
#include "comcat/base/uuid.h"
#include "comcat/cluster/session_number.h"

#include "commands.h"

namespace comcat::server {
namespace {

using base::LogLevel;

constexpr std::chrono::milliseconds kSweepInterval{500};
constexpr std::chrono::hours kUseInterval{24};

const char* word(wire::LeaveReason reason) {
  switch (reason) {
    case wire::LeaveReason::kStopped:
      return "stopped";
    case wire::LeaveReason::kLost:
      return "lost";
    case wire::LeaveReason::kMoved:
      return "moved";
    case wire::LeaveReason::kRemoved:
      return "removed";
    case wire::LeaveReason::kClosed:
      return "closed";
    case wire::LeaveReason::kUnknown:
      break;
  }
  return "unknown";
}

/// Whether time alone can bring `caller` anything: its end, or what it has missed.
bool waits_for_a_sweep(const Caller& caller) {
  return caller.room == nullptr || !caller.listener.rests();
}

/// Why the server closes a caller.
struct Ending {
  wire::LeaveReason reason = wire::LeaveReason::kLost;
  absl::Status status;
  bool stalled = false;
};

absl::Status too_much_waits() {
  return absl::AbortedError("disconnected for not reading: too many messages waited for you");
}

/// The ending of a caller who said no hello or did not read, in time; nothing where there is none.
std::optional<Ending> due_ending(const Caller& caller, const HubOptions& options, base::Time now) {
  if (caller.listener.overflowed) return Ending{wire::LeaveReason::kClosed, too_much_waits()};
  const bool said_no_hello = caller.room == nullptr && now - caller.opened > options.hello_timeout;
  if (said_no_hello && caller.device.pairing) {
    return Ending{.status = absl::FailedPreconditionError(
                      "the server could not keep in time that the device is paired; try again")};
  }
  if (said_no_hello) {
    return Ending{.status = absl::DeadlineExceededError(
                      "no hello within " + std::to_string(options.hello_timeout.count()) +
                      " s of connecting")};
  }
  if (caller.listener.receipts.are_overdue(now)) {
    return Ending{
        .status = absl::AbortedError("disconnected for not acknowledging what was sent within " +
                                     std::to_string(Receipts::kPatience.count()) + " s")};
  }
  const base::Time write_started = caller.listener.write_started;
  if (write_started != base::Time{} && now - write_started > options.stall_timeout) {
    return Ending{
        .status = absl::AbortedError("disconnected for not reading for " +
                                     std::to_string(options.stall_timeout.count()) + " s"),
        .stalled = true};
  }
  return std::nullopt;
}

NameClaimOptions shared(NameClaimOptions options, bool is) {
  options.shared = is;
  return options;
}

HostOptions with_nodes(HostOptions options, const ClusterLink* cluster) {
  if (cluster == nullptr) return options;
  options.shared = true;
  options.nodes = [cluster](base::Time now) { return cluster->described(now); };
  return options;
}

}  // namespace

Hub::Hub(HubOptions options, Metrics& metrics)
    : options_(std::move(options)),
      certificates_{options_.certificate},
      metrics_(metrics),
      cluster_(options_.cluster.outlet == nullptr
                   ? nullptr
                   : std::make_unique<ClusterLink>(options_.cluster, options_.rooms.max_speakers,
                                                   metrics)),
      rooms_(options_.rooms, metrics, cluster_.get()),
      claims_(shared(options_.claims, cluster_ != nullptr)),
      hosts_(
          with_nodes(options_.hosts, cluster_.get()), rooms_, callers_, absentees_, claims_,
          metrics,
          [this](Caller& caller, const std::string& why, const absl::Status& status,
                 base::Time now) { close(caller, wire::LeaveReason::kRemoved, status, now, why); }),
      texts_(options_.keeper, options_.shared_texts, rooms_, callers_, metrics),
      late_(callers_, [this](Caller& caller, base::Time now) { obey_later(caller, now); }),
      colleagues_(rooms_, hosts_, claims_, cluster_.get()) {
  rooms_.declare(options_.lasting_rooms, base::Time{});
  if (!cluster_) return;
  cluster_->serve(
      {.find = [this](const std::string& key) { return rooms_.find_by_key(key); },
       .renumber = [this](auto number, auto twin, auto now) { renumber(number, twin, now); },
       .lose = [this](const wire::Left& left, auto now) { let_go(left, now); },
       .oblige = [this](const auto& message, auto now) { return colleagues_.oblige(message, now); },
       .records = [this] { return colleagues_.records.digest(); },
       .move_out = [this](Participant there, auto now) { move_out(std::move(there), now); },
       .others_changed = [this](base::Time /*now*/) { tell_others(); }});
}

wire::SessionNumber Hub::next_number() {
  if (next_number_ == 0) ++next_number_;  // that is nobody
  const wire::SessionNumber number = next_number_++;
  if (!cluster_) return number;
  if (next_number_ > cluster::kMaxOwn) next_number_ = 1;
  return cluster::session_number(options_.cluster.self.node, number);
}

void Hub::open(Caller& caller, base::Time now) {
  do {
    caller.who.number = next_number();
  } while (callers_.contains(caller.who.number));
  caller.who.id = base::make_uuid();
  caller.who.share = share_of(caller.address);
  caller.opened = now;
  caller.open = true;
  callers_.emplace(caller.who.number, &caller);
  metrics_.clients = callers_.size();
}

absl::Status Hub::receive(Caller& caller, wire::Request request, base::Time now) {
  if (!caller.open) return absl::OkStatus();  // its close is on the way
  caller.conduct.forgive(now);
  absl::Status status;
  if (auto* voice = std::get_if<wire::VoiceUp>(&request)) {
    status = relay_stream(caller, *voice, now);
  } else if (const auto* hello = std::get_if<wire::Hello>(&request)) {
    status = greet(caller, *hello, now);
  } else if (const auto* report = std::get_if<wire::DatagramReport>(&request)) {
    status = take_report(caller, *report, now);
  } else {
    status = obey(caller, std::get<wire::Command>(std::move(request)), now);
  }
  if (!status.ok()) leave(caller, wire::LeaveReason::kClosed, now);
  if (caller.open && caller.listener.overflowed) {
    close(caller, wire::LeaveReason::kClosed, too_much_waits(), now);
  }
  return status;
}

void Hub::leave(Caller& caller, wire::LeaveReason reason, base::Time now, const std::string& why) {
  if (!caller.open) return;
  caller.open = false;
  caller.unanswered = 0;  // nobody is there for what would still be said
  caller.awaited.reset();
  caller.later.clear();
  caller.device.pairing.reset();
  caller.device.asking.reset();
  caller.listener.path.reset();
  callers_.erase(caller.who.number);
  metrics_.clients = callers_.size();
  if (caller.room == nullptr) return;
  texts_.forget(caller.who.number);
  if (reason == wire::LeaveReason::kLost && caller.returns) {
    absentees_.keep(caller, now);
    return;
  }
  rooms_.leave(caller, reason, now, why);
  base::log(
      LogLevel::kInfo, "left",
      {{"session", caller.who.number},
       {"name", caller.who.name},
       {"reason", word(reason)},
       {"seconds", std::chrono::duration_cast<std::chrono::seconds>(now - caller.opened).count()}});
}

void Hub::close(Caller& caller, wire::LeaveReason reason, const absl::Status& status,
                base::Time now, const std::string& why) {
  base::log(LogLevel::kWarning, "closed",
            {{"session", caller.who.number},
             {"address", caller.address},
             {"why", std::string(status.message())}});
  leave(caller, reason, now, why);
  caller.listener.link.close(status);
}

void Hub::renumber(wire::SessionNumber number, std::uint32_t twin, base::Time now) {
  const auto tell = [&](Participant& who, Room* room) {
    if (room == nullptr || who.number != number) return;
    who.twin = twin;
    room->tell(wire::MemberChanged{who.member()}, nullptr, now);
  };
  const auto found = callers_.find(number);
  if (found != callers_.end()) tell(found->second->who, found->second->room);
  for (Absentee& it : absentees_.all()) tell(it.who, it.room);
}

void Hub::let_go(const wire::Left& left, base::Time now) {
  const auto found = callers_.find(left.session);
  if (found != callers_.end()) {
    const absl::Status status = absl::AbortedError("you are not in the room any more");
    return close(*found->second, left.reason, status, now, left.why);
  }
  auto& all = absentees_.all();
  const auto absentee =
      std::ranges::find(all, left.session, [](const Absentee& it) { return it.who.number; });
  if (absentee != all.end()) absentees_.remove(*absentee, left.reason, now, left.why);
}

void Hub::administer(const std::string& words, base::Time now, const Hosts::Later& done) {
  const auto answer = colleagues_.orders.act(words, {.name = "comcat-server --admin"}, now, done);
  if (answer) done(*answer, now);
}

void Hub::renew_certificate(std::string fingerprint) {
  certificates_ = {std::move(fingerprint), certificates_.front()};
  if (cluster_) cluster_->renew_certificate(certificates_.front());
}

void Hub::tick(base::Time now) {
  rooms_.tick(now);
  if (cluster_) cluster_->tick(now);
  rests_ = false;
  while (const auto session = moving_out_.next(now)) send_away(*session, now);
  if (now >= next_sweep_) sweep(now);
  if (now >= next_use_) use_claims(now);
}

/// Who stays for months says no hello in all that time.
void Hub::use_claims(base::Time now) {
  next_use_ = now + kUseInterval;
  for (const auto& [number, caller] : callers_) {
    const Participant& who = caller->who;
    if (!who.about.claimed) continue;
    std::ignore = claims_.enter(who.name_key, caller->device.key, hosts_.wall_now());
  }
}

void Hub::sweep(base::Time now) {
  next_sweep_ = now + kSweepInterval;
  rooms_.catch_up();
  absentees_.tick(now);
  obey_later(texts_.tick(now), now);
  rests_ = absentees_.rests() && texts_.rests();
  std::vector<std::pair<Caller*, Ending>> over;
  for (const auto& [number, caller] : callers_) {
    texts_.catch_up(*caller);
    if (waits_for_a_sweep(*caller)) rests_ = false;
    if (std::optional<Ending> ending = due_ending(*caller, options_, now)) {
      over.emplace_back(caller, *std::move(ending));
    }
  }
  for (const auto& [caller, ending] : over) {
    if (ending.stalled) metrics_.closed_stalled.fetch_add(1);
    close(*caller, ending.reason, ending.status, now);
    rests_ = false;
  }
}

base::Time Hub::next_deadline(base::Time now) const {
  const base::Time of_cluster = cluster_ ? cluster_->next_deadline() : RoomDeadlines::kNever;
  const base::Time of_sweep = rests_ ? RoomDeadlines::kNever : std::max(now, next_sweep_);
  const base::Time of_claims = claims_.keeps() ? std::max(now, next_use_) : RoomDeadlines::kNever;
  return std::min(
      {of_sweep, rooms_.next_deadline(), of_cluster, moving_out_.next_deadline(), of_claims});
}

void Hub::take(std::vector<store::Answer> answers, base::Time now) {
  for (store::Answer& answer : answers) obey_later(texts_.take(std::move(answer)), now);
}

void Hub::take_said(std::uint64_t ticket, const absl::StatusOr<std::uint64_t>& number,
                    base::Time now) {
  obey_later(texts_.take_said(ticket, number, now), now);
  if (!texts_.rests()) rests_ = false;
}

}  // namespace comcat::server
