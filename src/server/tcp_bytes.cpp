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

std::chrono::milliseconds tcp_peers_turn(int fd) {
  const tcp_info info = info_of(fd);
  const bool all_arrived = info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0;
  if (info.tcpi_data_segs_out == 0 || !all_arrived) return {};
  if (info.tcpi_last_data_recv < info.tcpi_last_data_sent) return {};
  return std::chrono::milliseconds(info.tcpi_last_data_sent);
}

std::chrono::microseconds tcp_round_trip(int fd) {
  return std::chrono::microseconds(info_of(fd).tcpi_rtt);
}

}  // namespace comcat::server
