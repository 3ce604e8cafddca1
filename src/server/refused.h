#pragma once

#include <string>

#include "comcat/server/metrics.h"

#include "absl/status/status.h"

namespace comcat::server {

/// `told`, which remembers why: several reasons share a status code on the wire.
/// Threads    any, as for all here.
[[nodiscard]] absl::Status refusal(Refusal why, absl::Status told);

/// Why a refusal() was made.
[[nodiscard]] Refusal reason_of(const absl::Status& refusal);

/// Counts and logs that somebody from `address` was refused, who is told `told`.
void note_refused(Metrics& metrics, Refusal why, const std::string& address,
                  const absl::Status& told);

}  // namespace comcat::server
