#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace comcat::server {

/// Where a server listens: --listen and --metrics.
struct ListenAddress {
  std::string host;        // a name or an IP address without brackets; "": every address
  std::uint16_t port = 0;  // 0: whichever is free
};

/// "0.0.0.0:50051", "localhost:0", "[::]:50051", ":50051". Otherwise kInvalidArgument with one
/// sentence, safe to print, that names `flag`. Threads: any.
[[nodiscard]] absl::StatusOr<ListenAddress> parse_listen_address(const std::string& text,
                                                                 const std::string& flag);

/// As parse_listen_address() reads it.
[[nodiscard]] std::string to_string(const ListenAddress& address);

}  // namespace comcat::server
