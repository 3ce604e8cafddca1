// Real sockets on the two machines.

#include "support/lossy_network.h"

#include <optional>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 50051;
constexpr int kPatience_ms = 5'000;

sockaddr_in to_sockaddr(const std::string& address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &out.sin_addr);
  return out;
}

/// A UDP socket on one of the machines.
class Udp {
 public:
  Udp(const Namespace& machine, std::uint16_t port) {
    const sockaddr_in any = to_sockaddr("0.0.0.0", port);
    EXPECT_TRUE(machine.run_thread([this] { fd_.reset(::socket(AF_INET, SOCK_DGRAM, 0)); }));
    EXPECT_EQ(0, ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any));
  }
  void send(const std::string& text, const sockaddr_in& to) const {
    EXPECT_EQ(static_cast<ssize_t>(text.size()),
              ::sendto(fd_.get(), text.data(), text.size(), 0,
                       reinterpret_cast<const sockaddr*>(&to), sizeof to));
  }
  /// What comes next, and from where; nothing where nothing comes.
  [[nodiscard]] std::optional<std::string> receive(sockaddr_in& from,
                                                   int patience_ms = kPatience_ms) const {
    pollfd ready{fd_.get(), POLLIN, 0};
    if (::poll(&ready, 1, patience_ms) != 1) return std::nullopt;
    std::string text(1500, 0);
    socklen_t length = sizeof from;
    const ssize_t got = ::recvfrom(fd_.get(), text.data(), text.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &length);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  base::FileDescriptor fd_;
};

class LossyNetworkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    COMCAT_NEEDS_LOSSY_NETWORK(network_);
    server_.emplace(network_->server(), kPort);
    client_.emplace(network_->client(), 4000);
  }

  const std::unique_ptr<LossyNetwork> network_ = LossyNetwork::make();
  const sockaddr_in to_server_ = to_sockaddr(LossyNetwork::kServer, kPort);
  std::optional<Udp> server_;
  std::optional<Udp> client_;
  sockaddr_in from_{};
};

TEST_F(LossyNetworkTest, CarriesBothWaysAndTakesItsTime) {
  network_->set({.delay = 50ms});
  const auto begin = std::chrono::steady_clock::now();
  client_->send("are you there?", to_server_);
  ASSERT_EQ("are you there?", server_->receive(from_));
  server_->send("yes", from_);
  EXPECT_EQ("yes", client_->receive(from_));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
}

TEST_F(LossyNetworkTest, IsChangedWhileItRunsInEachDirectionByItself) {
  network_->link().set(LossyLink::kDown, {.passes = LinkConditions::Passes::kAllButUdp});
  client_->send("one", to_server_);
  ASSERT_EQ("one", server_->receive(from_));
  server_->send("lost", from_);
  const LossyLink& link = network_->link();
  // Nothing overtakes, so what comes next shows that the one before has been lost.
  client_->send("two", to_server_);
  ASSERT_EQ("two", server_->receive(from_));
  while (link.counts(LossyLink::kDown).lost == 0) ASSERT_FALSE(client_->receive(from_, 10));
  network_->set({});
  server_->send("heard", from_);
  EXPECT_EQ("heard", client_->receive(from_));
}

TEST_F(LossyNetworkTest, HasARouterThatForgetsPorts) {
  client_->send("one", to_server_);
  ASSERT_EQ("one", server_->receive(from_));
  const sockaddr_in before = from_;
  network_->link().forget_ports();
  client_->send("two", to_server_);
  ASSERT_EQ("two", server_->receive(from_));
  EXPECT_NE(before.sin_port, from_.sin_port);
  EXPECT_EQ(before.sin_addr.s_addr, from_.sin_addr.s_addr);
}

TEST_F(LossyNetworkTest, MovesTheClientToAnotherAddress) {
  ASSERT_TRUE(network_->move_client(3));
  client_->send("moved", to_server_);
  ASSERT_EQ("moved", server_->receive(from_));
  EXPECT_EQ(to_sockaddr("192.0.2.3", 0).sin_addr.s_addr, from_.sin_addr.s_addr);
}

}  // namespace
}  // namespace comcat::testing
