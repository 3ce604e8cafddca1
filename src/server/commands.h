#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"
#include "comcat/server/hosts.h"
#include "comcat/server/name_claims.h"
#include "comcat/server/rooms.h"
#include "comcat/server/texts.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// What commands may concern.
struct Parts {
  Rooms& rooms;
  Texts& texts;
  Hosts& hosts;
  NameClaims& claims;
};

/// Does what a command says and answers it, once, before anybody is told what has become true.
/// `caller` is in a room, one of `rooms`. Threads: the shard's.
void execute(const wire::Command& command, Caller& caller, const Parts& parts, base::Time now);

/// Answers a claim of the caller's name, and tells its room what has become true by it. `caller` is
/// in a room. Threads: the shard's.
void answer_claim(Caller& caller, std::uint64_t trace_id, const absl::Status& answer,
                  base::Time now);

}  // namespace comcat::server
