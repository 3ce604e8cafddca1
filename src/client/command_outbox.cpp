#include "comcat/client/command_outbox.h"

#include <algorithm>

#include "comcat/base/text.h"

namespace comcat::client {
namespace {

using Kind = UserCommand::Kind;

constexpr int kResourceExhausted = static_cast<int>(absl::StatusCode::kResourceExhausted);
constexpr base::Duration kSlowest = std::chrono::seconds(1);  // a server may take no less
constexpr std::size_t kShownBytes = 60;

/// A room more than the server has may be refused in the same way as a command too many.
int most_refusals(Kind kind) {
  return kind == Kind::kJoin || kind == Kind::kNewRoom ? 1 : 8;
}

/// A text as it is shown to whom it has failed.
std::string quoted(const std::string& text) {
  return "\"" + base::safe_text(text, kShownBytes, base::Joiners::kKept) + "\"";
}

}  // namespace

std::string UserCommand::description() const {
  switch (kind) {
    case Kind::kSetMute:
      return "mute";
    case Kind::kSetDeafen:
      return "deafen";
    case Kind::kSetLoopback:
      return "loopback";
    case Kind::kRecord:
    case Kind::kRecordNoMore:
      return "record";
    case Kind::kJoin:
      return "join " + base::safe_text(std::get<wire::JoinRoom>(command.verb).room);
    case Kind::kNewRoom:
      return "new";
    case Kind::kRooms:
    case Kind::kRoomNames:
      return "rooms";
    case Kind::kWho:
      if (std::get<wire::Who>(command.verb).room.empty()) return "who";
      return "who " + base::safe_text(std::get<wire::Who>(command.verb).room);
    case Kind::kSay:
      return "say " + quoted(std::get<wire::Say>(command.verb).text);
    case Kind::kTell: {
      const auto& tell = std::get<wire::Tell>(command.verb);
      return "msg " + base::safe_text(tell.name) + " " + quoted(tell.text);
    }
    case Kind::kHost:
      return base::safe_text(std::get<wire::HostWords>(command.verb).words, kShownBytes,
                             base::Joiners::kKept);
    case Kind::kHistory:
      return "history";
    case Kind::kClaim:
      return "claim";
    case Kind::kPair:
      return "pair";
    case Kind::kProbe:
      break;
  }
  return "stats";
}

CommandOutbox::Unsent CommandOutbox::give(Kind kind, decltype(wire::Command::verb) verb,
                                          base::Time now, std::optional<Asker> asker) {
  Unsent unsent;
  UserCommand it{kind, {next_trace_id_++, std::move(verb)}, now, 0, std::move(asker)};
  // In an outage the user is told at once; later ones may then still have a turn.
  if (interrupted_ || (waiting_.empty() && free_at() <= now)) {
    send(std::move(it), now, unsent);
  } else {
    waiting_.push_back(std::move(it));
  }
  return unsent;
}

bool CommandOutbox::tell(decltype(wire::Command::verb) verb) {
  return send_({next_trace_id_++, std::move(verb)}).ok();
}

base::Time CommandOutbox::free_at() const {
  return spent_until_ - (kBurst - 1) * interval_;
}

void CommandOutbox::send(UserCommand it, base::Time now, Unsent& unsent) {
  if (absl::Status status = send_(it.command); !status.ok()) {
    unsent.emplace_back(std::move(it), std::move(status));
    return;
  }
  spent_until_ = std::max(spent_until_, now) + interval_;
  it.sent_at = now;
  const std::uint64_t trace_id = it.command.trace_id;
  in_flight_.emplace(trace_id, std::move(it));
}

void CommandOutbox::send_again(UserCommand it, base::Time now) {
  ++it.refusals;
  interval_ = std::min(interval_ * 2, kSlowest);
  spent_until_ = now + kRefusedPause + (kBurst - 1) * interval_;
  const auto later = [&](const UserCommand& other) {
    return other.command.trace_id > it.command.trace_id;
  };
  waiting_.insert(std::find_if(waiting_.begin(), waiting_.end(), later), std::move(it));
}

std::optional<UserCommand> CommandOutbox::take_answered(const wire::Outcome& outcome,
                                                        base::Time now) {
  const auto found = in_flight_.find(outcome.trace_id);
  if (found == in_flight_.end()) return std::nullopt;
  UserCommand it = std::move(found->second);
  in_flight_.erase(found);
  if (outcome.status == kResourceExhausted && it.refusals < most_refusals(it.kind)) {
    send_again(std::move(it), now);
    return std::nullopt;
  }
  return it;
}

CommandOutbox::Unsent CommandOutbox::step(base::Time now) {
  Unsent unsent;
  // One after the other, so that what is refused never comes after what followed it.
  while (!interrupted_ && !waiting_.empty() && in_flight_.empty() && free_at() <= now) {
    UserCommand it = std::move(waiting_.front());
    waiting_.pop_front();
    send(std::move(it), now, unsent);
  }
  return unsent;
}

std::vector<UserCommand> CommandOutbox::take_unanswered(base::Time now) {
  std::vector<UserCommand> out;
  std::erase_if(in_flight_, [&](auto& entry) {
    if (now - entry.second.sent_at < kPatience) return false;
    out.push_back(std::move(entry.second));
    return true;
  });
  return out;
}

base::Time CommandOutbox::next_deadline() const {
  base::Time next = base::Time::max();
  for (const auto& [trace_id, it] : in_flight_) next = std::min(next, it.sent_at + kPatience);
  const bool waits_for_time = !interrupted_ && !waiting_.empty() && in_flight_.empty();
  return waits_for_time ? std::min(next, free_at()) : next;
}

std::vector<UserCommand> CommandOutbox::interrupt() {
  interrupted_ = true;
  std::vector<UserCommand> out;
  for (auto& [trace_id, it] : in_flight_) out.push_back(std::move(it));
  in_flight_.clear();
  return out;
}

void CommandOutbox::resume() {
  interrupted_ = false;
  in_flight_.clear();
  interval_ = kInterval;
  std::erase_if(waiting_, std::mem_fn(&UserCommand::is_state));
}

}  // namespace comcat::client
