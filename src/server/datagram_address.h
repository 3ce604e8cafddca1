#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <netinet/in.h>
#include <sys/socket.h>

namespace comcat::server {

/// Between whom a datagram goes: a peer, and the one of this machine's addresses that it calls, so
/// that answers leave from there. IPv4 addresses are mapped into IPv6.
/// Threads: a plain value.
struct DatagramAddress {
  in6_addr peer{};
  in6_addr local{};
  std::uint32_t scope = 0;   // of link-local ones: the interface
  std::uint16_t port = 0;    // the peer's
  std::uint16_t socket = 0;  // the number of ours

  friend bool operator==(const DatagramAddress& a, const DatagramAddress& b);
};

/// Room for the control message that names our address.
struct alignas(cmsghdr) PacketInfo {
  std::array<std::byte, CMSG_SPACE(sizeof(in6_pktinfo))> bytes;
};

/// From whom `message`, which has been received with its name and its control messages, came on our
/// socket number `socket`.
[[nodiscard]] DatagramAddress address_of(msghdr& message, std::uint16_t socket);

/// Fills in to whom `message` goes, for a socket of `family`; `name` and `info` stay where they are
/// until it has been sent.
void address_to(const DatagramAddress& to, int family, msghdr& message, sockaddr_storage& name,
                PacketInfo& info);

}  // namespace comcat::server
