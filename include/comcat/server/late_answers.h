#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"

namespace comcat::server {

/// Answers to commands that are given once something is on the disk: of each caller one at a time,
/// and what it asks for meanwhile waits (Caller::later).
///
/// Threads    one: the shard.
/// Ownership  the callers outlive it.
class LateAnswers {
 public:
  using Callers = std::unordered_map<wire::SessionNumber, Caller*>;

  /// `go_on` does what has waited.
  LateAnswers(const Callers& callers, std::function<void(Caller&, base::Time now)> go_on)
      : callers_(callers), go_on_(std::move(go_on)) {}

  void owe(Caller& caller, std::uint64_t trace_id) {
    ++caller.unanswered;
    caller.awaited = trace_id;
  }

  /// Has `answer` answer whoever is owed it; nobody where they have been away, and are owed it no
  /// more.
  void pay(wire::SessionNumber session, std::uint64_t trace_id, base::Time now,
           const std::function<void(Caller&)>& answer) const {
    const auto found = callers_.find(session);
    if (found == callers_.end() || found->second->awaited != trace_id) return;
    Caller& caller = *found->second;
    caller.awaited.reset();
    --caller.unanswered;
    answer(caller);
    go_on_(caller, now);
  }

 private:
  const Callers& callers_;
  const std::function<void(Caller&, base::Time now)> go_on_;
};

}  // namespace comcat::server
