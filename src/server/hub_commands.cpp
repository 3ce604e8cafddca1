// When the hub does what callers ask for by commands.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "comcat/server/hub.h"

#include "commands.h"
#include "enforce.h"

namespace comcat::server {
namespace {

constexpr std::size_t kMostLater = 16;

/// Whether the keeper answers it, in the order in which it is asked.
bool is_for_keeper(const wire::Command& command) {
  return std::holds_alternative<wire::Say>(command.verb) ||
         std::holds_alternative<wire::History>(command.verb);
}

/// Whether `command` would be answered before one that came earlier.
bool has_to_wait(const Caller& caller, const wire::Command& command) {
  return !caller.later.empty() || caller.awaited ||
         (caller.unanswered > 0 && !is_for_keeper(command));
}

}  // namespace

void Hub::obey_later(Caller& caller, base::Time now) {
  std::vector<wire::Command> commands = std::exchange(caller.later, {});
  for (wire::Command& command : commands) {
    if (has_to_wait(caller, command)) {
      caller.later.push_back(std::move(command));
    } else {
      execute(command, caller, {rooms_, texts_, hosts_, claims_, late_, colleagues_}, now);
    }
  }
}

void Hub::obey_later(const Texts::Answered& answered, base::Time now) {
  for (Caller* const caller : answered) obey_later(*caller, now);
}

/// One that says something new costs nothing: there are no more of those than of messages.
absl::Status Hub::take_receipt(Caller& caller, const wire::Acknowledge& receipt, base::Time now) {
  if (caller.listener.receipts.acknowledge(receipt.number, now)) return absl::OkStatus();
  return enforce(caller.conduct.count_command("receipts", now), kRefusedConsequence, caller,
                 metrics_);
}

absl::Status Hub::obey(Caller& caller, wire::Command command, base::Time now) {
  if (caller.room == nullptr) {
    return refuse(absl::FailedPreconditionError("a command before the hello"), Refusal::kProtocol,
                  caller, metrics_);
  }
  if (const auto* const receipt = std::get_if<wire::Acknowledge>(&command.verb)) {
    return take_receipt(caller, *receipt, now);
  }
  const Excess excess = caller.conduct.count_command("commands", now);
  if (excess.any()) {
    caller.answer(command.trace_id,
                  absl::ResourceExhaustedError("too many commands a second; try again"));
    metrics_.dropped(Drop::kRateLimit);
    return enforce(excess, kRefusedConsequence, caller, metrics_);
  }
  if (!has_to_wait(caller, command)) {
    execute(command, caller, {rooms_, texts_, hosts_, claims_, late_, colleagues_}, now);
  } else if (caller.later.size() < kMostLater) {
    caller.later.push_back(std::move(command));
  } else {
    caller.answer(command.trace_id,
                  absl::ResourceExhaustedError("your texts wait to be kept; try again"));
  }
  return absl::OkStatus();
}

}  // namespace comcat::server
