#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comcat/base/address.h"

#include "absl/status/statusor.h"

namespace comcat::transport {

inline constexpr std::uint16_t kDefaultPort = 50051;
inline constexpr std::size_t kMaxAddresses = 16;

/// "example.org", "example.org:4000", "192.0.2.1", "::1", "[::1]:4000", "fe80::1%eth0" (the zone of
/// a link-local address is an interface's name or number); "bücher.example" as well, which comes
/// out in the form of the DNS, "xn--bcher-kva.example" (UTS #46). The host comes out in lower case.
/// kInvalidArgument with one sentence for the user otherwise. Threads: any.
[[nodiscard]] absl::StatusOr<base::Address> parse_address(const std::string& text);

/// Several with commas between them, at least one and at most kMaxAddresses; a space beside a comma
/// does not count.
[[nodiscard]] absl::StatusOr<std::vector<base::Address>> parse_addresses(const std::string& text);

/// What gRPC calls `address`: its name is looked up, by whatever the system is set up with.
[[nodiscard]] std::string grpc_target(const base::Address& address);

}  // namespace comcat::transport
