// The server's UDP sockets, on loopback.

#include "server/datagram_sockets.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "server/datagram_outbox.h"

namespace comcat::server {
namespace {

/// A socket of a peer's at 127.0.0.1.
class Peer {
 public:
  Peer() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd_.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any));
    socklen_t size = sizeof(here_);
    getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&here_), &size);
  }

  [[nodiscard]] DatagramAddress address(const char* local = "::ffff:127.0.0.1") const {
    DatagramAddress out;
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &out.peer);
    inet_pton(AF_INET6, local, &out.local);
    out.port = ntohs(here_.sin_port);
    return out;
  }

  /// What has come, and from where; empty where nothing comes in time.
  std::string receive(std::string* from = nullptr) {
    pollfd poll_fd{fd_.get(), POLLIN, 0};
    if (poll(&poll_fd, 1, 10'000) != 1) return "";
    std::array<char, 2048> buffer{};
    sockaddr_in sender{};
    socklen_t size = sizeof(sender);
    const ssize_t bytes = recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&sender), &size);
    std::array<char, INET_ADDRSTRLEN> text{};
    if (from != nullptr) *from = inet_ntop(AF_INET, &sender.sin_addr, text.data(), text.size());
    return {buffer.data(), static_cast<std::size_t>(bytes)};
  }

 private:
  base::FileDescriptor fd_;
  sockaddr_in here_{};
};

void post(DatagramOutbox& outbox, const DatagramAddress& to, const std::string& text) {
  const std::span<std::byte> space = outbox.space();
  std::ranges::copy(std::as_bytes(std::span(text)), space.begin());
  outbox.add(to, text.size());
}

std::vector<DatagramSocket> sockets_on(const std::string& listen) {
  auto sockets = bind_datagrams(listen, 0);
  EXPECT_TRUE(sockets.ok()) << sockets.status();
  return sockets.ok() ? *std::move(sockets) : std::vector<DatagramSocket>{};
}

TEST(DatagramSockets, ManyLeaveInOneGoAndEachArrives) {
  const auto sockets = sockets_on(":0");
  Metrics metrics;
  DatagramOutbox outbox(sockets, metrics);
  Peer peer;
  for (std::size_t i = 0; i < 2 * DatagramOutbox::kSlots + 1; ++i) {
    post(outbox, peer.address(), std::to_string(i));
  }
  outbox.flush();
  for (std::size_t i = 0; i < 2 * DatagramOutbox::kSlots + 1; ++i) {
    EXPECT_EQ(std::to_string(i), peer.receive());
  }
  EXPECT_EQ(2 * DatagramOutbox::kSlots + 1, metrics.datagrams_out);
}

TEST(DatagramSockets, ABadDestinationInABatchIsSkippedAndNotTheBatch) {
  const auto sockets = sockets_on("127.0.0.1:0");
  Metrics metrics;
  DatagramOutbox outbox(sockets, metrics);
  Peer peer;
  DatagramAddress bad = peer.address();
  bad.port = 0;
  for (const char* const text : {"first", "bad", "second", "bad", "bad", "third"}) {
    post(outbox, text == std::string("bad") ? bad : peer.address(), text);
  }
  outbox.flush();
  EXPECT_EQ("first", peer.receive());
  EXPECT_EQ("second", peer.receive());
  EXPECT_EQ("third", peer.receive());
  EXPECT_EQ(3U, metrics.datagrams_out);
  EXPECT_EQ(3U, metrics.datagrams_unsent);
}

TEST(DatagramSockets, AnswersLeaveFromTheAddressThatWasCalled) {
  for (const char* const listen : {":0", "0.0.0.0:0"}) {
    const auto sockets = sockets_on(listen);
    Metrics metrics;
    DatagramOutbox outbox(sockets, metrics);
    Peer peer;
    std::string from;
    post(outbox, peer.address("::ffff:127.0.0.42"), "answer");
    outbox.flush();
    EXPECT_EQ("answer", peer.receive(&from));
    EXPECT_EQ("127.0.0.42", from) << listen;
  }
}

TEST(DatagramSockets, ThoseOfTwoSocketsLeaveEachByItsOwn) {
  const auto sockets = sockets_on("127.0.0.1:0,[::1]:0");
  ASSERT_EQ(2U, sockets.size());
  EXPECT_EQ(AF_INET, sockets[0].family);
  EXPECT_EQ(AF_INET6, sockets[1].family);
  Metrics metrics;
  DatagramOutbox outbox(sockets, metrics);
  Peer peer;
  DatagramAddress elsewhere = peer.address();
  elsewhere.socket = 1;
  inet_pton(AF_INET6, "::1", &elsewhere.peer);
  elsewhere.local = elsewhere.peer;
  for (int i = 0; i < 3; ++i) {
    post(outbox, peer.address(), "v4");
    post(outbox, elsewhere, "v6");
  }
  outbox.flush();
  for (int i = 0; i < 3; ++i) EXPECT_EQ("v4", peer.receive());
  EXPECT_EQ(6U, metrics.datagrams_out);
}

TEST(DatagramSockets, APortThatIsTakenIsOneSentenceThatNamesTheFlag) {
  const auto sockets = sockets_on("127.0.0.1:0");
  sockaddr_in here{};
  socklen_t size = sizeof(here);
  getsockname(sockets.at(0).fd.get(), reinterpret_cast<sockaddr*>(&here), &size);
  const auto again = bind_datagrams("127.0.0.1:1", ntohs(here.sin_port));
  ASSERT_FALSE(again.ok());
  EXPECT_NE(std::string::npos, again.status().message().find("--datagram_port"));
}

}  // namespace
}  // namespace comcat::server
