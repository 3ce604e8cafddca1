#include "datagram_sockets.h"

#include <algorithm>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "comcat/base/address.h"
#include "comcat/server/listen_address.h"

#include "listening_socket.h"

namespace comcat::server {
namespace {

constexpr int kExpeditedForwarding = 46 << 2;  // DSCP EF (RFC 3246), as the byte in the header
constexpr int kBufferBytes = 1024 * 1024;      // the system may allow less

bool is_ipv4(const base::Address& address) {
  in_addr bytes{};
  return inet_pton(AF_INET, address.host.c_str(), &bytes) == 1;
}

int family_of(int fd) {
  int family = AF_INET;
  socklen_t size = sizeof(family);
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family;
}

/// An IPv6 socket that takes IPv4 has both families' options.
void set_options(const DatagramSocket& socket) {
  const int fd = socket.fd.get();
  set_option(fd, SOL_SOCKET, SO_RCVBUF, kBufferBytes);
  set_option(fd, SOL_SOCKET, SO_SNDBUF, kBufferBytes);
  set_option(fd, IPPROTO_IP, IP_TOS, kExpeditedForwarding);
  set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  if (socket.family == AF_INET6) {
    set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, kExpeditedForwarding);
    set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
    set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  } else {
    set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
  }
}

}  // namespace

absl::StatusOr<std::vector<DatagramSocket>> bind_datagrams(const std::string& listen,
                                                           std::uint16_t port) {
  auto wanted = parse_listen_addresses(listen, "--listen");
  if (!wanted.ok()) return wanted.status();
  const bool ipv4_is_given = std::ranges::any_of(*wanted, is_ipv4);
  for (base::Address& address : *wanted) address.port = port;
  std::vector<DatagramSocket> out;
  for (auto next = wanted->begin(); next != wanted->end(); ++next) {
    const bool is_bound = std::any_of(wanted->begin(), next, [&](const base::Address& earlier) {
      return earlier.host == next->host;
    });
    if (is_bound) continue;  // it is given twice, with two ports of TCP
    absl::StatusOr<base::FileDescriptor> fd = listen_on(
        *next, {.flag = "--datagram_port", .ipv6_only = ipv4_is_given, .type = SOCK_DGRAM});
    if (!fd.ok()) return fd.status();
    const int family = family_of(fd->get());
    set_options(out.emplace_back(DatagramSocket{*std::move(fd), family}));
  }
  return out;
}

}  // namespace comcat::server
