#include "guest_socket.h"

#include <tuple>

#include <sys/socket.h>

#include "tcp_bytes.h"

namespace comcat::server {
namespace {

/// 0 where `fd` is no socket.
std::uint64_t cookie_of(int fd) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  std::ignore = getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size);
  return cookie;
}

}  // namespace

GuestSocket::GuestSocket(int fd, std::optional<TcpGate> gate)
    : fd_(fd), cookie_(cookie_of(fd)), gate_(gate) {}

bool GuestSocket::is_open() const {
  return cookie_of(fd_) == cookie_;
}

LineBytes GuestSocket::bytes() const {
  const TcpBytes bytes = tcp_bytes(fd_);
  return {bytes.received, bytes.acknowledged, bytes.waits, bytes.silence};
}

void GuestSocket::limit(std::uint64_t bytes) {
  if (gate_) std::ignore = gate_->limit(bytes);
}

void GuestSocket::cut() {
  ::shutdown(fd_, SHUT_RDWR);  // gRPC closes it then
}

}  // namespace comcat::server
