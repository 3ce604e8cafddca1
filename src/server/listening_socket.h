#pragma once

#include <string>

#include <sys/socket.h>

#include "comcat/base/address.h"
#include "comcat/base/file_descriptor.h"

#include "absl/status/statusor.h"

namespace comcat::server {

struct ListenOptions {
  std::string flag = "--listen";  // what the user is told to change
  bool ipv6_only = false;         // otherwise an IPv6 socket takes IPv4 as well
  int send_buffer_bytes = 0;      // of the sockets that it accepts; 0: as the system has it
  int type = SOCK_STREAM;         // SOCK_DGRAM: for datagrams
};

/// A non-blocking socket that listens on `wanted`, or takes datagrams there; no host is every
/// address, IPv6's for both families where there is IPv6, else IPv4's. kInvalidArgument or
/// kUnavailable with one sentence where it cannot. Threads: any.
[[nodiscard]] absl::StatusOr<base::FileDescriptor> listen_on(const base::Address& wanted,
                                                             const ListenOptions& options);

/// What the socket `fd` is bound to. Threads: any.
[[nodiscard]] base::Address bound_to(int fd);

/// As gRPC writes it: "ipv4:192.0.2.1:4000", "ipv6:[2001:db8::1]:4000". Threads: any.
[[nodiscard]] std::string peer_text(const sockaddr_storage& peer);

/// A socket that refuses an option works all the same. Threads: any.
void set_option(int fd, int level, int name, int value);

/// What errno `error` means. Threads: any.
[[nodiscard]] std::string error_text(int error);

}  // namespace comcat::server
