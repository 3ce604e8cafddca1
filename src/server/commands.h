#pragma once

#include <cstdint>

#include "comcat/base/clock.h"
#include "comcat/server/caller.h"
#include "comcat/server/colleagues.h"
#include "comcat/server/hosts.h"
#include "comcat/server/late_answers.h"
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
  LateAnswers& late;
  Colleagues& colleagues;
};

/// Does what a command says and answers it, once, before anybody is told what has become true; what
/// is to be on the disk before, once it is.
/// `caller` is in a room, one of `rooms`. Threads: the shard's.
void execute(const wire::Command& command, Caller& caller, const Parts& parts, base::Time now);

}  // namespace comcat::server
