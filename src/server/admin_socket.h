#pragma once

#include <string>

#include "comcat/base/file_descriptor.h"

#include "absl/status/statusor.h"

namespace comcat::server {

/// A non-blocking Unix socket that listens on `path` with mode 0600, in the place of one that
/// nobody listens on any more. kInvalidArgument or kUnavailable with one sentence where that cannot
/// be; nothing else that is there is touched. Threads: any.
[[nodiscard]] absl::StatusOr<base::FileDescriptor> listen_on_unix_socket(const std::string& path);

/// Whether the peer of the accepted Unix socket `fd` is this user, or root. Threads: any.
[[nodiscard]] bool is_own_peer(int fd);

}  // namespace comcat::server
