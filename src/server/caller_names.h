#pragma once

#include <string>

#include "comcat/server/participant.h"

#include "absl/status/statusor.h"

/// What people are called. Threads: any.
namespace comcat::server {

/// The name of somebody who has not said one yet, as clients of the original protocol may.
[[nodiscard]] std::string placeholder_name(const Participant& who);

/// What somebody may choose, in normal form: none of the names that we or clients give. The error
/// is one sentence for the user.
[[nodiscard]] absl::StatusOr<std::string> chosen_name(const std::string& name);

/// Why somebody cannot be called `name`, which is claimed.
[[nodiscard]] absl::Status held_for_others(const std::string& name);

/// That somebody in the room goes by that name already.
[[nodiscard]] absl::Status name_is_taken(const std::string& room, const std::string& name);

}  // namespace comcat::server
