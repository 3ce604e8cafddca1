#include "tcp_bytes.h"

#include <linux/tcp.h>  // <netinet/tcp.h> has an older tcp_info, and the two exclude each other
#include <netinet/in.h>
#include <sys/socket.h>

namespace comcat::server {

std::uint64_t tcp_bytes_received(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

}  // namespace comcat::server
