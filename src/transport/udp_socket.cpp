#include "comcat/transport/udp_socket.h"

#include <cerrno>
#include <memory>
#include <tuple>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace comcat::transport {
namespace {

constexpr int kExpedited = 0xB8;  // DSCP EF (RFC 3246) in the traffic class; no claim to ECN
constexpr int kType = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

const sockaddr* as_sockaddr(const std::vector<std::uint8_t>& bytes) {
  return reinterpret_cast<const sockaddr*>(bytes.data());
}

/// `server` as a sockaddr; empty where it is no number.
std::vector<std::uint8_t> to_sockaddr(const base::Address& server) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found) !=
      0) {
    return {};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(found->ai_addr);
  return {begin, begin + found->ai_addrlen};
}

void set(int fd, int level, int option, int value) {
  std::ignore = ::setsockopt(fd, level, option, &value, sizeof value);
}

/// What a kernel does not know of this, voice goes without.
void mark_as_voice(int fd, int family) {
  if (family == AF_INET6) {
    set(fd, IPPROTO_IPV6, IPV6_TCLASS, kExpedited);
    set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  } else {
    set(fd, IPPROTO_IP, IP_TOS, kExpedited);
    set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  }
}

}  // namespace

absl::StatusOr<UdpSocket> UdpSocket::open(const base::Address& server) {
  std::vector<std::uint8_t> address = to_sockaddr(server);
  if (address.empty()) return absl::InvalidArgumentError("no number: " + server.host);
  const int family = as_sockaddr(address)->sa_family;
  base::FileDescriptor fd(::socket(family, kType, 0));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, "no UDP socket");
  mark_as_voice(fd.get(), family);
  return UdpSocket(std::move(fd), std::move(address));
}

bool UdpSocket::send(datagram::Bytes datagram) const {
  const ssize_t sent = ::sendto(fd_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL,
                                as_sockaddr(server_), static_cast<socklen_t>(server_.size()));
  return sent == static_cast<ssize_t>(datagram.size());
}

std::optional<std::size_t> UdpSocket::receive(std::span<std::byte> out) const {
  const ssize_t got = ::recv(fd_.get(), out.data(), out.size(), 0);
  if (got < 0) return std::nullopt;
  return static_cast<std::size_t>(got);
}

std::string UdpSocket::source() const {
  const base::FileDescriptor probe(::socket(as_sockaddr(server_)->sa_family, kType, 0));
  // Connecting a UDP socket asks for the route and sends nothing.
  if (::connect(probe.get(), as_sockaddr(server_), static_cast<socklen_t>(server_.size())) != 0) {
    return "";
  }
  sockaddr_storage own{};
  socklen_t length = sizeof own;
  if (::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&own), &length) != 0) return "";
  std::string host(NI_MAXHOST, 0);
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&own), length, host.data(),
                    static_cast<socklen_t>(host.size()), nullptr, 0, NI_NUMERICHOST) != 0) {
    return "";
  }
  host.resize(host.find('\0'));
  return host;
}

}  // namespace comcat::transport
