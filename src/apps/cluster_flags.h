#pragma once

#include <optional>

#include "comcat/server/cluster_settings.h"

#include "absl/status/statusor.h"

namespace comcat::apps {

/// What --nats, --cluster, --node and --advertise make of this server; nothing where there is no
/// --nats. An error is one sentence. Threads: main.
[[nodiscard]] absl::StatusOr<std::optional<server::ClusterSettings>> cluster_settings();

}  // namespace comcat::apps
