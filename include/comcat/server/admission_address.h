#pragma once

#include <string>

namespace comcat::server {

/// The address of a gRPC peer ("ipv4:192.0.2.1:5000", "ipv6:[2001:db8::1]:5000") as admission and
/// the table of connections count it: "192.0.2.1" or "2001:db8::/64". What is written in no such
/// way is an address of its own. Threads: any.
[[nodiscard]] std::string admission_address(const std::string& peer);

/// The address and port of a gRPC peer in one way of writing, whichever of several gRPC or the
/// system has chosen. Threads: any.
[[nodiscard]] std::string connection_name(const std::string& peer);

}  // namespace comcat::server
