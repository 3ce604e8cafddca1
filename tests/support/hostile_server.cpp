#include "support/hostile_server.h"

#include <array>
#include <cstdlib>
#include <utility>

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/http2.h"

namespace comcat::testing {

bool HostileServer::Connection::send(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

bool HostileServer::Connection::answer(const std::string& message) {
  const std::string headers = header(":status", "200") + header("content-type", "application/grpc");
  return send(frame(kHeaders, kEndHeaders, 1, headers)) &&
         send(frame(kData, 0, 1, grpc_message(message)));
}

HostileServer::HostileServer(Script script)
    : script_(std::move(script)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), plain, size) != 0 || ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), plain, &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

HostileServer::~HostileServer() {
  const std::uint64_t one = 1;
  if (::write(stop_.get(), &one, sizeof(one)) < 0) std::abort();
  thread_.join();
}

void HostileServer::run() {
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{stop_.get(), POLLIN, 0}, pollfd{listener_.get(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), -1) < 0 || fds[0].revents != 0) return;
    const base::FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.valid()) continue;
    // Whoever waits in send() goes on once the test is over.
    std::thread end([this, fd = client.get()] {
      pollfd stop{stop_.get(), POLLIN, 0};
      pollfd gone{fd, POLLRDHUP, 0};
      std::array<pollfd, 2> both{stop, gone};
      ::poll(both.data(), both.size(), -1);
      ::shutdown(fd, SHUT_RDWR);
    });
    Connection connection(client.get());
    if (serve(client.get())) script_(connection);
    ::shutdown(client.get(), SHUT_RDWR);
    end.join();
  }
}

/// Greets; true once the client's headers have come: our settings are then acknowledged or will be.
bool HostileServer::serve(int fd) {
  Connection connection(fd);
  if (!connection.send(frame(kSettings, 0, 0, ""))) return false;
  std::string got;
  std::size_t at = std::string(kPreface).size();
  for (std::array<char, 4096> buffer{};;) {
    const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (n <= 0) return false;
    got.append(buffer.data(), static_cast<std::size_t>(n));
    while (got.size() >= at + 9) {
      std::size_t length = 0;
      for (int i = 0; i < 3; ++i) length = length << 8 | static_cast<unsigned char>(got[at + i]);
      if (static_cast<unsigned char>(got[at + 3]) == kHeaders) return true;
      at += 9 + length;
    }
  }
}

}  // namespace comcat::testing
