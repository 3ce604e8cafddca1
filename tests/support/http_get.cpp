#include "support/http_get.h"

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace comcat::testing {

std::string answer_to(int port, const std::string& request, int patience_ms) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    std::size_t sent = 0;
    while (sent < request.size()) {
      const ssize_t n = send(fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;  // the server has seen enough
      sent += static_cast<std::size_t>(n);
    }
    std::array<char, 4096> buffer{};
    for (pollfd ready{fd, POLLIN, 0}; poll(&ready, 1, patience_ms) > 0;) {
      const ssize_t n = recv(fd, buffer.data(), buffer.size(), 0);
      if (n <= 0) break;
      answer.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  close(fd);
  return answer;
}

std::string http_get(int port, const std::string& path) {
  return answer_to(port, "GET " + path + " HTTP/1.0\r\n\r\n");
}

}  // namespace comcat::testing
