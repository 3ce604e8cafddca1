#include "comcat/server/connection_table.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

/// A connection without a socket: a test ends it and has it receive.
struct Wire {
  bool open = true;
  bool was_cut = false;
  std::uint64_t bytes = 0;
};

class WireLine final : public Line {
 public:
  explicit WireLine(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  [[nodiscard]] bool is_open() const override { return wire_->open; }
  [[nodiscard]] std::uint64_t bytes_received() const override { return wire_->bytes; }
  void cut() override {
    wire_->was_cut = true;
    wire_->open = false;
  }

 private:
  std::shared_ptr<Wire> wire_;
};

/// A table and what is connected to it, at times given by hand.
class Exchange {
 public:
  explicit Exchange(const ConnectionLimits& limits) : table(limits, metrics) {}

  /// Null where he is turned away. `from` is 192.0.2.`from`; `port` tells his connections apart.
  std::shared_ptr<Wire> call(int from, int port = 4000) {
    auto wire = std::make_shared<Wire>();
    const bool taken = table.add(peer(from, port), std::make_unique<WireLine>(wire), now);
    return taken ? wire : nullptr;
  }
  void vouch(int from, int port = 4000) { table.vouch(peer(from, port)); }
  [[nodiscard]] std::uint64_t turned(Turned why) const {
    return metrics.turned_away[static_cast<std::size_t>(why)];
  }

  Metrics metrics;
  ConnectionTable table;
  base::Time now{1000s};

 private:
  static std::string peer(int from, int port) {
    return "ipv4:192.0.2." + std::to_string(from) + ":" + std::to_string(port);
  }
};

TEST(ConnectionTable, ManyConnectionsFromOneAddressAreTooMany) {
  Exchange exchange({.in_all = 1000, .per_address = 3});
  const auto first = exchange.call(1);
  EXPECT_TRUE(first && exchange.call(1) && exchange.call(1));
  EXPECT_FALSE(exchange.call(1));
  EXPECT_TRUE(exchange.call(2));
  first->open = false;
  EXPECT_TRUE(exchange.call(1));
  EXPECT_FALSE(exchange.call(1));
  EXPECT_EQ(2U, exchange.turned(Turned::kAddressLimit));
  EXPECT_EQ(0U, exchange.turned(Turned::kTotalLimit));
}

TEST(ConnectionTable, ManyConnectionsInAllAreTooManyWhoeverTheyComeFrom) {
  Exchange exchange({.in_all = 3, .per_address = 2});
  const auto first = exchange.call(1);
  ASSERT_TRUE(first && exchange.call(2) && exchange.call(3));
  for (const int guest : {1, 2, 3}) exchange.vouch(guest);
  EXPECT_FALSE(exchange.call(4));
  first->open = false;
  EXPECT_TRUE(exchange.call(4));
  exchange.vouch(4);
  EXPECT_FALSE(exchange.call(5));
  EXPECT_EQ(2U, exchange.turned(Turned::kTotalLimit));
  EXPECT_EQ(0U, exchange.turned(Turned::kStranger));
}

TEST(ConnectionTable, TheAddressWithTheMostStrangersLosesItsOldestToANewcomer) {
  Exchange exchange({.in_all = 4, .per_address = 3});
  const auto guest = exchange.call(1, 1);
  const auto oldest = exchange.call(1, 2);
  const auto younger = exchange.call(1, 3);
  const auto other = exchange.call(2);
  exchange.vouch(1, 1);
  EXPECT_TRUE(exchange.call(3));
  EXPECT_TRUE(oldest->was_cut);
  EXPECT_FALSE(guest->was_cut || younger->was_cut || other->was_cut);
  EXPECT_EQ(1U, exchange.turned(Turned::kStranger));
  EXPECT_EQ(4U, exchange.table.size());
}

TEST(ConnectionTable, ANewcomerFromWhereThereAreAsManyIsTurnedAwayHimself) {
  Exchange exchange({.in_all = 2, .per_address = 2});
  const auto here = exchange.call(1);
  const auto there = exchange.call(2);
  EXPECT_FALSE(exchange.call(1, 5));
  EXPECT_FALSE(here->was_cut || there->was_cut);
  EXPECT_EQ(1U, exchange.turned(Turned::kTotalLimit));
}

TEST(ConnectionTable, AStrangerWhoSendsTooMuchIsCutAtTheNextWatch) {
  Exchange exchange({.stranger_bytes = 1000});
  const auto talker = exchange.call(1);
  talker->bytes = 1000;
  EXPECT_TRUE(exchange.table.watch(exchange.now));
  EXPECT_FALSE(talker->was_cut);
  talker->bytes = 1001;
  EXPECT_FALSE(exchange.table.watch(exchange.now));
  EXPECT_TRUE(talker->was_cut);
  EXPECT_EQ(1U, exchange.turned(Turned::kStranger));
  EXPECT_EQ(0U, exchange.table.size());
}

TEST(ConnectionTable, AStrangerIsCutAfterItsPatience) {
  Exchange exchange({.stranger_patience = 70s});
  const auto idler = exchange.call(1);
  exchange.now += 30s;
  const auto later = exchange.call(2);
  exchange.now += 40s;
  EXPECT_TRUE(exchange.table.watch(exchange.now));
  EXPECT_FALSE(idler->was_cut);
  EXPECT_TRUE(exchange.table.watch(exchange.now + 1ms));
  EXPECT_TRUE(idler->was_cut);
  EXPECT_FALSE(later->was_cut);
}

TEST(ConnectionTable, WhoWasVouchedForMaySendAndStay) {
  Exchange exchange({.stranger_patience = 70s, .stranger_bytes = 1000});
  const auto guest = exchange.call(1, 1);
  const auto neighbour = exchange.call(1, 2);
  exchange.vouch(1, 1);
  guest->bytes = neighbour->bytes = 5000;
  exchange.now += 1h;
  EXPECT_FALSE(exchange.table.watch(exchange.now)) << "nobody is left to be watched";
  EXPECT_FALSE(guest->was_cut);
  EXPECT_TRUE(neighbour->was_cut);
  EXPECT_EQ(1U, exchange.table.size());
}

TEST(ConnectionTable, AVouchForWhoIsNotThereChangesNothing) {
  Exchange exchange({.stranger_bytes = 1000});
  const auto talker = exchange.call(1, 1);
  exchange.vouch(1, 2);
  exchange.vouch(2, 1);
  talker->bytes = 2000;
  EXPECT_FALSE(exchange.table.watch(exchange.now));
  EXPECT_TRUE(talker->was_cut);
}

TEST(ConnectionTable, AStrangerWhoHasGoneIsForgottenAndNotCounted) {
  Exchange exchange({});
  const auto scanner = exchange.call(1);
  scanner->open = false;
  scanner->bytes = 1'000'000;
  EXPECT_FALSE(exchange.table.watch(exchange.now));
  EXPECT_FALSE(scanner->was_cut);
  EXPECT_EQ(0U, exchange.turned(Turned::kStranger));
  EXPECT_EQ(0U, exchange.table.size());
}

TEST(ConnectionTable, ComingAndGoingLeavesNoCountBehind) {
  Exchange exchange({.in_all = 3, .per_address = 3});
  for (int i = 0; i < 1000; ++i) {
    const auto visitor = exchange.call(i % 5, i);
    ASSERT_TRUE(visitor) << i;
    if (i % 2 == 0) exchange.vouch(i % 5, i);
    visitor->open = false;
  }
}

TEST(ConnectionTable, OverIPv6OneAddressIsOneNetwork) {
  Metrics metrics;
  ConnectionTable table({.in_all = 10, .per_address = 1}, metrics);
  const auto add = [&](const std::string& peer) {
    return table.add(peer, std::make_unique<WireLine>(std::make_shared<Wire>()), {});
  };
  EXPECT_TRUE(add("ipv6:[2001:db8::1]:4000"));
  EXPECT_FALSE(add("ipv6:[2001:db8::2]:4000"));
  EXPECT_TRUE(add("ipv6:[2001:db8:0:1::1]:4000"));
}

TEST(ConnectionTable, CutAllCutsGuestsAsWellAndNobodyWhoHasGone) {
  Exchange exchange({});
  const auto guest = exchange.call(1);
  const auto stranger = exchange.call(2);
  const auto gone = exchange.call(3);
  exchange.vouch(1);
  gone->open = false;
  exchange.table.cut_all();
  EXPECT_TRUE(guest->was_cut && stranger->was_cut);
  EXPECT_FALSE(gone->was_cut);
}

}  // namespace
}  // namespace comcat::server
