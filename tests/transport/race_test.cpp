#include "transport/race.h"

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include "comcat/base/clock.h"
#include "comcat/base/file_descriptor.h"

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;

Endpoint ipv4(const std::string& host, std::uint16_t port = 0) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &out.sin_addr);
  return Endpoint::of(reinterpret_cast<const sockaddr*>(&out), sizeof(out));
}

Endpoint ipv6(const std::string& host) {
  sockaddr_in6 out{};
  out.sin6_family = AF_INET6;
  ::inet_pton(AF_INET6, host.c_str(), &out.sin6_addr);
  return Endpoint::of(reinterpret_cast<const sockaddr*>(&out), sizeof(out));
}

std::string text(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(endpoint.storage);
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(endpoint.storage);
  const void* const bytes = endpoint.storage.ss_family == AF_INET
                                ? static_cast<const void*>(&v4.sin_addr)
                                : static_cast<const void*>(&v6.sin6_addr);
  return ::inet_ntop(endpoint.storage.ss_family, bytes, out.data(), out.size());
}

/// A port of this machine that takes connections; or, `dead`, one that answers nothing, as its
/// backlog is full; or, once closed, one that refuses them.
class Port {
 public:
  explicit Port(bool dead = false) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    Endpoint any = ipv4("127.0.0.1");
    EXPECT_EQ(0, ::bind(listener_.get(), any.sockaddr(), any.size));
    EXPECT_EQ(0, ::listen(listener_.get(), dead ? 0 : 16));
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&any.storage), &any.size);
    endpoint_ = any;
    while (dead && queue_.size() < 8) {
      queue_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      std::ignore = ::connect(queue_.back().get(), any.sockaddr(), any.size);
    }
  }
  void close() { listener_.reset(); }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  base::FileDescriptor listener_;
  std::vector<base::FileDescriptor> queue_;
  Endpoint endpoint_;
};

std::uint16_t port_of(const Endpoint& endpoint) {
  return ntohs(reinterpret_cast<const sockaddr_in&>(endpoint.storage).sin_port);
}

TEST(Race, TheFamiliesTakeTurnsBeginningWithTheFirst) {
  const std::vector<Endpoint> sorted =
      interleaved({ipv6("2001:db8::1"), ipv6("2001:db8::2"), ipv6("2001:db8::3"), ipv4("192.0.2.1"),
                   ipv4("192.0.2.2")});
  const std::vector<std::string> expected{"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2",
                                          "2001:db8::3"};
  ASSERT_EQ(expected.size(), sorted.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(expected[i], text(sorted[i]));
  EXPECT_EQ("192.0.2.2", text(interleaved({ipv4("192.0.2.1"), ipv4("192.0.2.2")})[1]));
  EXPECT_TRUE(interleaved({}).empty());
}

TEST(Race, TwoDeadAddressesFirstCostHalfASecond) {
  const Port dead(true);
  const Port dead_too(true);
  const Port alive;
  const std::atomic<bool> never{false};
  const base::Time begun = base::steady_now();
  const auto first =
      first_to_answer({dead.endpoint(), dead_too.endpoint(), alive.endpoint()}, never);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(port_of(alive.endpoint()), port_of(*first));
  const base::Duration took = base::steady_now() - begun;
  EXPECT_GE(took, 2 * kAttemptDelay);
  EXPECT_LT(took, 5s);
}

TEST(Race, AnAddressThatRefusesCostsNothing) {
  Port refuses;
  refuses.close();
  const Port alive;
  const std::atomic<bool> never{false};
  const auto first = first_to_answer({refuses.endpoint(), alive.endpoint()}, never);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(port_of(alive.endpoint()), port_of(*first));
}

TEST(Race, WhereAllFailTheRefusalIsToldRatherThanThatThereIsNoWay) {
  Port refuses;
  refuses.close();
  const std::atomic<bool> never{false};
  for (const bool refusal_first : {true, false}) {
    const Endpoint nowhere = ipv4("255.255.255.255", 1);
    const std::vector<Endpoint> both = refusal_first ? std::vector{refuses.endpoint(), nowhere}
                                                     : std::vector{nowhere, refuses.endpoint()};
    EXPECT_EQ("Connection refused", std::string(first_to_answer(both, never).status().message()));
  }
}

TEST(Race, WhoGivesUpWaitsNoLonger) {
  const Port dead(true);
  std::atomic<bool> abandoned{false};
  std::jthread impatient([&] { abandoned = true; });
  EXPECT_TRUE(absl::IsCancelled(first_to_answer({dead.endpoint()}, abandoned).status()));
}

}  // namespace
}  // namespace comcat::transport
