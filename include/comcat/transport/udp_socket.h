#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comcat/base/address.h"
#include "comcat/base/file_descriptor.h"
#include "comcat/datagram/packet.h"

#include "absl/status/statusor.h"

namespace comcat::transport {

/// A UDP socket to one server. Each datagram leaves from whichever address the system's routes name
/// at that moment, so the socket outlives the loss of an address. It is marked as voice (DSCP EF),
/// and never fragmented.
///
/// Threads    send() and source() from any, receive() from one at a time.
class UdpSocket {
 public:
  /// `server` has a number for a host.
  [[nodiscard]] static absl::StatusOr<UdpSocket> open(const base::Address& server);

  /// Never waits. False where the system does not take it, as without a route; it is lost then.
  bool send(datagram::Bytes datagram) const;

  /// Reads what has come next, from whomever: how many bytes of `out` it has. Nothing where nothing
  /// waits. What is longer than `out` is cut.
  [[nodiscard]] std::optional<std::size_t> receive(std::span<std::byte> out) const;

  /// The address that datagrams leave from now, as the kernel tells it; "": from none.
  [[nodiscard]] std::string source() const;

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  UdpSocket(base::FileDescriptor fd, std::vector<std::uint8_t> server)
      : fd_(std::move(fd)), server_(std::move(server)) {}

  base::FileDescriptor fd_;
  std::vector<std::uint8_t> server_;  // a sockaddr
};

}  // namespace comcat::transport
