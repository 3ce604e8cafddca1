#include "tcp_bytes.h"

#include <linux/tcp.h>  // <netinet/tcp.h> has an older tcp_info, and the two exclude each other
#include <netinet/in.h>
#include <sys/socket.h>

namespace comcat::server {
namespace {

/// All zero where the kernel does not say.
tcp_info info_of(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  return info;
}

}  // namespace

std::uint64_t tcp_bytes_received(int fd) {
  return info_of(fd).tcpi_bytes_received;
}

TcpBytes tcp_bytes(int fd) {
  const tcp_info info = info_of(fd);
  return {info.tcpi_bytes_received, info.tcpi_bytes_acked, info.tcpi_unacked > 0,
          std::chrono::milliseconds(info.tcpi_last_ack_recv)};
}

std::chrono::microseconds tcp_round_trip(int fd) {
  return std::chrono::microseconds(info_of(fd).tcpi_rtt);
}

}  // namespace comcat::server
