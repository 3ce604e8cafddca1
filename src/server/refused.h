#pragma once

#include <string>

#include "comcat/server/metrics.h"

#include "absl/status/status.h"

namespace comcat::server {

/// Counts and logs that somebody from `address` was refused, who is told `told`.
/// Threads    any.
void note_refused(Metrics& metrics, Refusal why, const std::string& address,
                  const absl::Status& told);

}  // namespace comcat::server
