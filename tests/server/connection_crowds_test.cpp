// A guest amid a crowd of strangers, of one address or of many.

#include <chrono>
#include <memory>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/server/connection_table.h"

#include "exchange.h"

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

TEST(ConnectionTable, AGuestBehindACrowdOfHisOwnAddressIsInWithinASecond) {
  Exchange exchange({.in_all = 1000, .per_address = 400});
  std::vector<std::shared_ptr<Wire>> crowd;
  for (int i = 0; i < 390; ++i) crowd.push_back(exchange.call(1, 1000 + i));
  exchange.now += 1s;
  const auto guest = exchange.call(1, 1);
  const base::Time came = exchange.now;
  for (int port = 5000; !guest->handed_over; ++port) {
    exchange.now += 5ms;
    // The crowd comes back as fast as it is cut, and some more.
    std::ignore = exchange.call(1, port);
    std::ignore = exchange.table.let_in({}, exchange.now);
    ASSERT_LT(exchange.now - came, 1s);
  }
  EXPECT_FALSE(guest->was_cut);
}

/// How long a guest takes to come in where 400 of his own address came at once just before him, and
/// `come_back_ms` says how often another of them does.
base::Duration behind_the_first_rush(int come_back_ms) {
  Exchange exchange({.in_all = 1000, .per_address = 356});
  int port = 1;
  while (port <= 400) std::ignore = exchange.call(1, port++);
  const base::Time came = exchange.now;
  std::shared_ptr<Wire> guest;
  while (!(guest && guest->handed_over) && exchange.now - came < 10s) {
    exchange.now += 1ms;
    const auto passed_ms = (exchange.now - came) / 1ms;
    exchange.has_time = passed_ms % 8 == 0;  // two each time: 250 a second
    if (passed_ms % come_back_ms == 0) std::ignore = exchange.call(1, port++);
    if (!guest || guest->was_cut) guest = exchange.call(1, port++);
    std::ignore = exchange.table.let_in({.grpc = exchange.has_time}, exchange.now);
  }
  return exchange.now - came;
}

TEST(ConnectionTable, AGuestAmidTheFirstRushOfACrowdThatComesBackIsInWithinASecond) {
  for (const int come_back_ms : {3, 4, 5}) EXPECT_LT(behind_the_first_rush(come_back_ms), 1s);
}

/// A crowd of 200 addresses that comes all at once and comes back as soon as it is cut, 300 times a
/// second, where gRPC has time for 250 a second. Its addresses are 1 to 200.
struct ManyAddresses {
  ManyAddresses() {
    while (port <= 2000) come();
  }
  void come() {
    std::ignore = exchange.call(1 + port % 200, port);
    ++port;
  }
  /// Another millisecond.
  void pass() {
    exchange.now += 1ms;
    ++passed_ms;
    exchange.has_time = passed_ms % 8 == 0;
    if (passed_ms % 10 < 3) come();
    std::ignore = exchange.table.let_in({.grpc = exchange.has_time}, exchange.now);
  }
  /// How long somebody from there takes to come in, who comes again where he is turned away.
  base::Duration time_to_come_in(int from) {
    const base::Time came = exchange.now;
    std::shared_ptr<Wire> guest;
    int own_port = 0;
    while (!(guest && guest->handed_over) && exchange.now - came < 10s) {
      pass();
      if (guest && !guest->was_cut) continue;
      own_port = 60'000 + passed_ms;
      guest = exchange.call(from, own_port);
    }
    exchange.vouch(from, own_port);
    return exchange.now - came;
  }

  Exchange exchange{{.in_all = 712, .per_address = 356}};
  int port = 1;
  int passed_ms = 0;
};

TEST(ConnectionTable, AGuestOfANewAddressIsInAtOnceAmidACrowdOfManyAddresses) {
  ManyAddresses crowd;
  EXPECT_LT(crowd.time_to_come_in(250), 200ms) << "amid the first rush";
  for (int i = 0; i < 3000; ++i) crowd.pass();
  for (int from = 220; from < 250; ++from) EXPECT_LT(crowd.time_to_come_in(from), 200ms);
}

TEST(ConnectionTable, AGuestOfAKnownAddressIsInAtOnceThoughACrowdOfManyIsThereToo) {
  ManyAddresses crowd;
  for (int i = 0; i < 3000; ++i) crowd.pass();
  EXPECT_LT(crowd.time_to_come_in(7), 1s) << "he is not known yet";
  for (int i = 0; i < 10; ++i) {
    for (int ms = 0; ms < 500; ++ms) crowd.pass();
    EXPECT_LT(crowd.time_to_come_in(7), 300ms);
  }
}

TEST(ConnectionTable, WhoComesFromElsewhereIsNotThinnedOutWithACrowd) {
  Exchange exchange({.in_all = 1000, .per_address = 356, .strangers = 1});
  for (int port = 1; port <= 2; ++port) exchange.call(1, port)->open = false;
  for (int port = 3; port <= 100; ++port) std::ignore = exchange.call(1, port);
  exchange.has_time = false;
  const auto other = exchange.call(2);
  exchange.now += 1s;
  for (int port = 200; port < 250; ++port) std::ignore = exchange.call(1, port);
  EXPECT_FALSE(other->was_cut);
  EXPECT_LT(exchange.turned(Turned::kStranger), 100U);
  EXPECT_GT(exchange.turned(Turned::kStranger), 50U);
}

TEST(ConnectionTable, ACrowdOfGuestsIsNotThinnedOutWhereOneInEightHangsUp) {
  Exchange exchange({.in_all = 2000, .per_address = 2000});
  std::map<int, std::shared_ptr<Wire>> waiting;
  for (int port = 1; port <= 1000; ++port) waiting[port] = exchange.call(1, port);
  int come = 1000;
  while (!waiting.empty() && exchange.now < base::Time{1030s}) {
    exchange.now += 10ms;
    std::erase_if(waiting, [&](const auto& entry) {
      const auto& [port, guest] = entry;
      if (!guest->handed_over) return false;
      if (port % 8 == 0) guest->open = false;
      if (port % 8 != 0) exchange.vouch(1, port);
      return true;
    });
    if (++come <= 1500) waiting[come] = exchange.call(1, come);
    std::ignore = exchange.table.let_in({}, exchange.now);
  }
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(0U, exchange.turned(Turned::kStranger));
}

}  // namespace
}  // namespace comcat::server
