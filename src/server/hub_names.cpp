// Names that somebody may have at another node of the cluster.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "comcat/base/unicode.h"
#include "comcat/server/hub.h"

#include "caller_names.h"
#include "resume_key.h"

namespace comcat::server {

bool Hub::is_to_ask(const Caller& caller, const wire::Hello& hello, const std::string& room) {
  if (!cluster_ || caller.who.original) return false;
  const bool has_place_here = find_resumed(hello.resume_key, caller) != nullptr ||
                              absentees_.find(hello.resume_key) != nullptr ||
                              absentees_.find(base::comparison_key(room), caller) != nullptr;
  if (has_place_here) return false;
  return cluster_->has_others() || !hello.resume_key.empty();  // of a node that is no more
}

void Hub::ask_others(Caller& caller, const wire::Hello& hello, const std::string& room,
                     base::Time now) {
  caller.device.asking = std::make_unique<const wire::Hello>(hello);
  cluster_->come(
      room, caller.who, key_hash_of(hello.resume_key),
      [this, session = caller.who.number, room](const cluster::Decision& answer, base::Time at) {
        finish_asking(session, room, answer, at);
      },
      now);
}

void Hub::finish_asking(wire::SessionNumber session, const std::string& room,
                        const cluster::Decision& decision, base::Time now) {
  const auto found = callers_.find(session);
  if (found == callers_.end() || !found->second->device.asking) return;  // it has gone
  Caller& caller = *found->second;
  const wire::Hello hello = *std::exchange(caller.device.asking, nullptr);
  absl::Status status = decision.status;
  if (absl::IsAlreadyExists(status)) {
    status = name_is_taken(room, caller.who.name);
  } else if (absl::IsAborted(status)) {
    status = absl::AbortedError("you are coming back at another server already; try again");
  }
  if (status.ok() && decision.former && !callers_.contains(decision.former->member.session)) {
    take_over(caller, *decision.former, room, now);
  } else if (status.ok()) {
    status = enter(caller, hello, room, now, decision.twin);
  }
  status = welcome(caller, hello, status, now);
  if (!status.ok()) close(caller, wire::LeaveReason::kClosed, status, now);
}

}  // namespace comcat::server
