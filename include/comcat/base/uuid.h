#pragma once

#include <string>

namespace comcat::base {

/// A random version 4 UUID (RFC 4122) in its 36-character form, from the system's entropy.
/// Threads: any.
[[nodiscard]] std::string make_uuid();

}  // namespace comcat::base
