#include "server/tcp_gate.h"

#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "comcat/base/file_descriptor.h"

#include "server/tcp_bytes.h"

namespace comcat::server {
namespace {

base::FileDescriptor tcp_socket() {
  return base::FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// A connection over loopback, gated where it arrives.
class Gated {
 public:
  Gated() {
    const base::FileDescriptor listener = tcp_socket();
    EXPECT_TRUE(TcpGate::prepare(listener.get()));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    EXPECT_EQ(0, bind(listener.get(), reinterpret_cast<sockaddr*>(&at), size));
    EXPECT_EQ(0, listen(listener.get(), 1));
    EXPECT_EQ(0, getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at), &size));
    EXPECT_EQ(0, connect(peer.get(), reinterpret_cast<sockaddr*>(&at), size));
    here.reset(accept(listener.get(), nullptr, nullptr));
    const timeval patience{20, 0};
    setsockopt(here.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    gate = TcpGate::of(here.get());
  }

  void say(std::size_t bytes) const {
    std::string text(bytes, '\0');
    std::iota(text.begin(), text.end(), '\0');
    EXPECT_EQ(static_cast<ssize_t>(bytes), send(peer.get(), text.data(), bytes, MSG_NOSIGNAL));
  }
  /// Waits for `bytes` more; how many of them came.
  [[nodiscard]] std::size_t hear(std::size_t bytes) const {
    std::string text(bytes, '\0');
    const ssize_t got = recv(here.get(), text.data(), bytes, MSG_WAITALL);
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  [[nodiscard]] bool anything_waits() const {
    pollfd readable{here.get(), POLLIN, 0};
    return poll(&readable, 1, 0) > 0;
  }
  /// Waits until the peer's kernel has sent something again, for want of an acknowledgement.
  void wait_until_sent_again() const {
    tcp_info info{};
    for (int tries = 0; tries < 2000 && info.tcpi_total_retrans == 0; ++tries) {
      socklen_t size = sizeof(info);
      ASSERT_EQ(0, getsockopt(peer.get(), IPPROTO_TCP, TCP_INFO, &info, &size));
      std::ignore = poll(nullptr, 0, 10);
    }
    ASSERT_GT(info.tcpi_total_retrans, 0U);
  }

  base::FileDescriptor here;
  base::FileDescriptor peer = tcp_socket();
  std::optional<TcpGate> gate;
};

TEST(TcpGate, NothingBeyondTheLimitEverArrives) {
  const Gated line;
  ASSERT_TRUE(line.gate);
  ASSERT_TRUE(TcpGate(*line.gate).limit(1000));
  line.say(100'000);
  EXPECT_EQ(1000U, line.hear(1000));
  line.wait_until_sent_again();
  EXPECT_FALSE(line.anything_waits());
  EXPECT_EQ(1000U, tcp_bytes_received(line.here.get()));
}

TEST(TcpGate, WhatWasHeldArrivesOnceTheLimitIsMoved) {
  Gated line;
  ASSERT_TRUE(line.gate && line.gate->limit(1000));
  line.say(5000);
  EXPECT_EQ(1000U, line.hear(1000));
  EXPECT_TRUE(line.gate->limit(3000));
  EXPECT_EQ(2000U, line.hear(2000));
  EXPECT_TRUE(line.gate->lift());
  EXPECT_EQ(2000U, line.hear(2000));
}

TEST(TcpGate, ALimitThatWasMovedInTimeIsNotNoticed) {
  Gated line;
  ASSERT_TRUE(line.gate && line.gate->limit(1000));
  line.say(1000);
  EXPECT_EQ(1000U, line.hear(1000));
  EXPECT_TRUE(line.gate->limit(2000));
  line.say(1000);
  EXPECT_EQ(1000U, line.hear(1000));
  tcp_info info{};
  socklen_t size = sizeof(info);
  ASSERT_EQ(0, getsockopt(line.peer.get(), IPPROTO_TCP, TCP_INFO, &info, &size));
  EXPECT_EQ(0U, info.tcpi_total_retrans);
}

TEST(TcpGate, WhatHadArrivedBeforeStays) {
  Gated line;
  line.say(500);
  ASSERT_EQ(500U, line.hear(500));
  ASSERT_TRUE(line.gate && line.gate->limit(100));
  EXPECT_EQ(500U, tcp_bytes_received(line.here.get()));
  line.say(1);
  line.wait_until_sent_again();
  EXPECT_FALSE(line.anything_waits());
}

TEST(TcpGate, WritingToAPeerWhoIsHeldGoesOn) {
  Gated line;
  ASSERT_TRUE(line.gate && line.gate->limit(10));
  line.say(50'000);
  ASSERT_EQ(10U, line.hear(10));
  // More than a first window of what nobody acknowledges.
  const std::string answer(1'000'000, 'x');
  std::size_t sent = 0;
  std::size_t heard = 0;
  std::string part(answer.size(), '\0');
  while (heard < answer.size()) {
    if (sent < answer.size()) {
      const ssize_t more =
          send(line.here.get(), answer.data(), answer.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (more > 0) sent += static_cast<std::size_t>(more);
    }
    const ssize_t got = recv(line.peer.get(), part.data(), part.size(), 0);
    ASSERT_GT(got, 0);
    heard += static_cast<std::size_t>(got);
  }
}

TEST(TcpGate, AnEndBeyondTheLimitIsNotSeenBeforeWhatPrecedesIt) {
  Gated line;
  ASSERT_TRUE(line.gate && line.gate->limit(1000));
  line.say(1500);
  shutdown(line.peer.get(), SHUT_WR);
  ASSERT_EQ(1000U, line.hear(1000));
  line.wait_until_sent_again();
  EXPECT_FALSE(line.anything_waits());
  EXPECT_TRUE(line.gate->lift());
  EXPECT_EQ(500U, line.hear(501));
}

TEST(TcpGate, AnEndAtTheLimitIsSeen) {
  Gated line;
  ASSERT_TRUE(line.gate && line.gate->limit(1000));
  line.say(1000);
  shutdown(line.peer.get(), SHUT_WR);
  EXPECT_EQ(1000U, line.hear(1001));
}

TEST(TcpGate, AListenerThatWasNotPreparedHasNone) {
  const base::FileDescriptor unconnected = tcp_socket();
  EXPECT_FALSE(TcpGate::of(unconnected.get()));
}

std::vector<std::uint8_t> tcp_syn(std::uint32_t sequence) {
  std::vector<std::uint8_t> header(20);
  for (std::size_t i = 0; i < 4; ++i) header[4 + i] = (sequence >> (24 - 8 * i)) & 0xff;
  return header;
}

std::vector<std::uint8_t> ipv6(std::uint8_t next, const std::vector<std::uint8_t>& extensions) {
  std::vector<std::uint8_t> packet(40);
  packet[0] = 0x60;
  packet[6] = next;
  packet.insert(packet.end(), extensions.begin(), extensions.end());
  const std::vector<std::uint8_t> syn = tcp_syn(0xfffffffe);
  packet.insert(packet.end(), syn.begin(), syn.end());
  return packet;
}

TEST(FirstSequence, IsFoundBehindTheOptionsOfIpv4) {
  std::vector<std::uint8_t> packet(24);
  packet[0] = 0x46;
  const std::vector<std::uint8_t> syn = tcp_syn(0x01020304);
  packet.insert(packet.end(), syn.begin(), syn.end());
  EXPECT_EQ(0x01020305U, first_sequence(packet));
  packet.pop_back();
  EXPECT_FALSE(first_sequence(packet));
}

TEST(FirstSequence, IsFoundBehindIpv6AndItsExtensions) {
  EXPECT_EQ(0xffffffffU, first_sequence(ipv6(6, {})));
  const std::vector<std::uint8_t> two{60, 0, 1, 4, 0, 0, 0, 0, 6, 1, 1, 12,
                                      0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(0xffffffffU, first_sequence(ipv6(0, two)));
}

TEST(FirstSequence, OfWhatIsNoSynIsNone) {
  EXPECT_FALSE(first_sequence({}));
  EXPECT_FALSE(first_sequence(ipv6(17, {})));
  EXPECT_FALSE(first_sequence(ipv6(0, {6, 255, 0, 0, 0, 0, 0, 0})));
  EXPECT_FALSE(first_sequence(std::vector<std::uint8_t>(60, 0x00)));
}

}  // namespace
}  // namespace comcat::server
