#pragma once

#include <optional>

#include "comcat/bus/message_log.h"
#include "comcat/store/keeper.h"

namespace comcat::server {

/// The text in an entry of the cluster's log; nothing where it is none that a server has put there:
/// whoever may speak to NATS may write to it. Threads: any.
[[nodiscard]] std::optional<store::LoggedText> logged_text(const bus::LogEntry& entry);

}  // namespace comcat::server
