#pragma once

#include <vector>

#include "comcat/server/room_rules.h"

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"

ABSL_DECLARE_FLAG(std::string, rooms);

namespace comcat::apps {

/// The rooms of the file --rooms, read anew with each call; none where there is no such flag. One
/// that others may write to is not believed, one that others may read is warned of. Threads: main.
[[nodiscard]] absl::StatusOr<std::vector<server::LastingRoom>> lasting_rooms();

}  // namespace comcat::apps
