#pragma once

#include <string>
#include <vector>

#include "comcat/base/address.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// Where to listen, as --listen and --metrics say it: "0.0.0.0:50051", "localhost:0" (port 0 is
/// whichever is free), "[::]:50051", ":50051" (every address). Otherwise kInvalidArgument with one
/// sentence, safe to print, that names `flag`. Threads: any.
[[nodiscard]] absl::StatusOr<base::Address> parse_listen_address(const std::string& text,
                                                                 const std::string& flag);

/// Several of them between commas, at least one.
[[nodiscard]] absl::StatusOr<std::vector<base::Address>> parse_listen_addresses(
    const std::string& text, const std::string& flag);

}  // namespace comcat::server
