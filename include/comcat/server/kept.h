#pragma once

#include <functional>

#include "comcat/base/clock.h"

#include "absl/status/status.h"

namespace comcat::server {

/// Told once, on the shard and never before whoever passes it on has returned: OK where what was
/// changed is on the disk, else why it is not, in a few words. Empty: nobody wants to know.
using Kept = std::function<void(const absl::Status& kept, base::Time now)>;

}  // namespace comcat::server
