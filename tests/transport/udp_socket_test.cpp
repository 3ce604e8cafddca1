// Over the loopback device, and between two machines where they can be made.

#include "comcat/transport/udp_socket.h"

#include <array>
#include <memory>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/socket.h>

#include "support/lossy_network.h"
#include "transport/route_watch.h"

namespace comcat::transport {
namespace {

constexpr int kPatience_ms = 5'000;

bool ready(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, kPatience_ms) == 1;
}

/// Somebody who listens on 127.0.0.1 and says what traffic class came.
class Listener {
 public:
  Listener() {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(0, ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&own), sizeof own));
    socklen_t length = sizeof own;
    EXPECT_EQ(0, ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&own), &length));
    port_ = ntohs(own.sin_port);
    const int on = 1;
    ::setsockopt(fd_.get(), IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Of the next datagram, which is answered with "yes".
  [[nodiscard]] int take() const {
    if (!ready(fd_.get())) return -1;
    std::array<char, 100> text{};
    std::array<char, 64> control{};
    sockaddr_in from{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(fd_.get(), &message, 0) < 0) return -1;
    ::sendto(fd_.get(), "yes", 3, 0, reinterpret_cast<sockaddr*>(&from), sizeof from);
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    return header == nullptr ? -1 : *reinterpret_cast<const std::uint8_t*>(CMSG_DATA(header));
  }

 private:
  const base::FileDescriptor fd_{::socket(AF_INET, SOCK_DGRAM, 0)};
  std::uint16_t port_ = 0;
};

TEST(UdpSocket, SendsMarkedAsVoiceAndHearsTheAnswer) {
  const Listener listener;
  absl::StatusOr<UdpSocket> socket = UdpSocket::open({"127.0.0.1", listener.port()});
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_TRUE(socket->send(datagram::as_bytes("are you there?")));
  EXPECT_EQ(0xB8, listener.take()) << "expedited forwarding";
  ASSERT_TRUE(ready(socket->fd()));
  std::array<std::byte, 10> answer{};
  ASSERT_EQ(3U, socket->receive(answer));
  EXPECT_EQ("yes", datagram::as_text(std::span(answer).first(3)));
  EXPECT_FALSE(socket->receive(answer)) << "and does not wait for more";
  EXPECT_EQ("127.0.0.1", socket->source());
}

TEST(UdpSocket, TakesNumbersAlone) {
  EXPECT_FALSE(UdpSocket::open({"localhost", 50051}).ok());
  EXPECT_TRUE(UdpSocket::open({"::1", 50051}).ok());
}

TEST(RouteWatch, HearsOfAnotherAddressWithWhichTheSocketSends) {
  const std::unique_ptr<testing::LossyNetwork> network = testing::LossyNetwork::make();
  COMCAT_NEEDS_LOSSY_NETWORK(network);
  std::unique_ptr<RouteWatch> watch;
  const auto source = [&] {
    std::string out;
    EXPECT_TRUE(network->client().run_thread([&] {
      out = UdpSocket::open({testing::LossyNetwork::kServer, 50051})->source();
    }));
    return out;
  };
  EXPECT_EQ("192.0.2.2", source());
  ASSERT_TRUE(network->client().run_thread([&] { watch = std::make_unique<RouteWatch>(); }));
  EXPECT_FALSE(watch->changed());
  ASSERT_TRUE(network->move_client(3));
  ASSERT_TRUE(ready(watch->fd()));
  EXPECT_TRUE(watch->changed());
  EXPECT_EQ("192.0.2.3", source());
}

}  // namespace
}  // namespace comcat::transport
