#pragma once

#include <optional>
#include <string>

#include "comcat/base/address.h"

namespace comcat::transport {

/// Whom a call is connected to, its host a number, from what gRPC says of it
/// (ClientContext::peer()): "ipv4:192.0.2.1:50051", "ipv6:%5B2001:db8::1%5D:50051". Nothing where
/// that is no address of IP. Threads: any.
[[nodiscard]] std::optional<base::Address> parse_peer(const std::string& peer);

}  // namespace comcat::transport
