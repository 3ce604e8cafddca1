#pragma once

#include <cstddef>

#include "comcat/wire/messages.h"

/// The memory that what a server tells holds while it waits to be told to the user, in bytes and
/// roughly. Threads: any.
namespace comcat::client {

[[nodiscard]] std::size_t weight_bytes(const wire::Welcome& welcome);
[[nodiscard]] std::size_t weight_bytes(const wire::Outcome& outcome);
[[nodiscard]] std::size_t weight_bytes(const wire::Event& event);

}  // namespace comcat::client
