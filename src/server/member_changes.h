#pragma once

#include "comcat/wire/messages.h"

namespace comcat::server {

/// What others are to be told of somebody of whom `before` was known, and now `after`. Threads:
/// any.
[[nodiscard]] wire::Events changes_between(const wire::Member& before, const wire::Member& after);

}  // namespace comcat::server
