#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace comcat::transport {

inline constexpr std::uint16_t kDefaultPort = 50051;

/// Where a server listens. `host` is a name or an IP address without brackets, in lower case and
/// safe to print.
struct Address {
  std::string host;
  std::uint16_t port = kDefaultPort;
};

/// "example.org", "example.org:4000", "192.0.2.1", "::1", "[::1]:4000". kInvalidArgument with one
/// sentence for the user otherwise. Threads: any.
[[nodiscard]] absl::StatusOr<Address> parse_address(const std::string& text);

/// "example.org:4000", "[::1]:4000": as known_hosts and every message name it.
[[nodiscard]] std::string to_string(const Address& address);

}  // namespace comcat::transport
