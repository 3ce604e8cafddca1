#pragma once

#include <string_view>

#include "comcat/server/caller.h"
#include "comcat/server/conduct.h"
#include "comcat/server/metrics.h"

#include "absl/status/status.h"

/// What becomes of callers who do what they may not. Threads: the shard's.
namespace comcat::server {

/// The consequence of commands that are too many.
inline constexpr std::string_view kRefusedConsequence = "what is too much is refused";

/// Does what there was too much for; an error where the caller is to be disconnected. The warning
/// names the `consequence`.
[[nodiscard]] absl::Status enforce(const Excess& excess, std::string_view consequence,
                                   Caller& caller, Metrics& metrics);

/// `status`, by which a caller's stream ends: logged and counted.
[[nodiscard]] absl::Status refuse(const absl::Status& status, Refusal why, const Caller& caller,
                                  Metrics& metrics);

}  // namespace comcat::server
