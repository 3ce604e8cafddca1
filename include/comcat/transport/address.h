#pragma once

#include <cstdint>
#include <string>

#include "comcat/base/address.h"

#include "absl/status/statusor.h"

namespace comcat::transport {

inline constexpr std::uint16_t kDefaultPort = 50051;

/// "example.org", "example.org:4000", "192.0.2.1", "::1", "[::1]:4000"; the host comes out in lower
/// case. kInvalidArgument with one sentence for the user otherwise. Threads: any.
[[nodiscard]] absl::StatusOr<base::Address> parse_address(const std::string& text);

}  // namespace comcat::transport
