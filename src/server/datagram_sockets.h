#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comcat/base/file_descriptor.h"

#include "absl/status/statusor.h"

namespace comcat::server {

struct DatagramSocket {
  base::FileDescriptor fd;
  int family = 0;  // AF_INET6, which takes IPv4 as well where there is no other, or AF_INET
};

/// The UDP sockets of a server: one for each address of `listen` (as --listen has it), all with
/// `port`, not blocking. What arrives tells which of our addresses was called; what leaves is
/// marked for expedited forwarding (DSCP EF), and never fragmented. An error with one sentence,
/// which names
/// --datagram_port, where one cannot be bound. Threads: any.
[[nodiscard]] absl::StatusOr<std::vector<DatagramSocket>> bind_datagrams(const std::string& listen,
                                                                         std::uint16_t port);

}  // namespace comcat::server
