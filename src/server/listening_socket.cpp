#include "listening_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <tuple>
#include <vector>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

namespace comcat::server {
namespace {

constexpr int kBacklog = 1024;

base::Address address_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return {text.data(), ntohs(v6.sin6_port)};
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  return {text.data(), ntohs(v4.sin_port)};
}

absl::StatusOr<base::FileDescriptor> listen_on(const addrinfo& info, const ListenOptions& options) {
  base::FileDescriptor fd(socket(info.ai_family, options.type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return absl::UnavailableError(error_text(errno));
  // With datagrams it would let a second server take those of the first.
  if (options.type == SOCK_STREAM) set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (info.ai_family == AF_INET6) {
    set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only);
  }
  if (options.send_buffer_bytes > 0) {  // accepted sockets inherit it
    set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
  }
  if (::bind(fd.get(), info.ai_addr, info.ai_addrlen) != 0) {
    return absl::UnavailableError(error_text(errno));
  }
  if (options.type == SOCK_STREAM && ::listen(fd.get(), kBacklog) != 0) {
    return absl::UnavailableError(error_text(errno));
  }
  return fd;
}

std::vector<std::string> hosts_of(const base::Address& wanted) {
  if (!wanted.host.empty()) return {wanted.host};
  return {"::", "0.0.0.0"};
}

}  // namespace

absl::StatusOr<base::FileDescriptor> listen_on(const base::Address& wanted,
                                               const ListenOptions& options) {
  const std::string port = std::to_string(wanted.port);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = options.type;
  absl::StatusOr<base::FileDescriptor> listener = absl::InvalidArgumentError(
      options.flag + " " + base::to_string(wanted) + ": there is no such address on this machine");
  for (const std::string& host : hosts_of(wanted)) {
    if (listener.ok()) break;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) continue;
    for (const addrinfo* next = found; next != nullptr && !listener.ok(); next = next->ai_next) {
      listener = listen_on(*next, options);
    }
    freeaddrinfo(found);
  }
  if (listener.ok() || absl::IsInvalidArgument(listener.status())) return listener;
  return absl::UnavailableError("cannot listen on " + base::to_string(wanted) + ": " +
                                std::string(listener.status().message()) +
                                "; choose another address or port with " + options.flag);
}

base::Address bound_to(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return address_of(bound);
}

std::string peer_text(const sockaddr_storage& peer) {
  return (peer.ss_family == AF_INET6 ? "ipv6:" : "ipv4:") + base::to_string(address_of(peer));
}

void set_option(int fd, int level, int name, int value) {
  std::ignore = setsockopt(fd, level, name, &value, sizeof(value));
}

std::string error_text(int error) {
  std::array<char, 128> buffer{};
  return strerror_r(error, buffer.data(), buffer.size());
}

}  // namespace comcat::server
