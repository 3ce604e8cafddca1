#pragma once

#include <string>

#include "comcat/base/file_descriptor.h"

#include "absl/status/statusor.h"

/// Unix sockets by which programs of one user talk to each other. Threads: any.
namespace comcat::base {

/// A non-blocking one that listens on `path` with mode 0600, in the place of one of this user's
/// that nobody listens on any more; nothing else that is there is touched. kUnavailable with the
/// reason alone ("another program listens there") where that cannot be.
[[nodiscard]] absl::StatusOr<FileDescriptor> listen_on_unix_socket(const std::string& path);

/// A non-blocking one that is connected to whoever listens on `path`; the reason alone where nobody
/// does, or where that is another user than this one or root.
[[nodiscard]] absl::StatusOr<FileDescriptor> connect_to_unix_socket(const std::string& path);

/// Whether the peer of the connected Unix socket `fd` is this user, or root.
[[nodiscard]] bool is_own_peer(int fd);

}  // namespace comcat::base
