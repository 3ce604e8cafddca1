#pragma once

#include <string>

#include "comcat/server/metrics.h"

namespace comcat::server {

/// `metrics`, and what the process is and uses, as Prometheus reads them: its text format 0.0.4.
/// docs/operations.md describes every figure. Threads: any.
[[nodiscard]] std::string metrics_text(const Metrics& metrics);

}  // namespace comcat::server
