#include "comcat/server/connection_table.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "exchange.h"

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

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
    return table.add(peer, std::make_unique<WireLine>(std::make_shared<Wire>()), {}).has_value();
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

TEST(ConnectionTable, AStrangerOfTheSameAddressMakesRoomWhoeverGotLeastFar) {
  Exchange exchange({.in_all = 1000, .per_address = 4});
  const auto guest = exchange.call(1, 1);
  const auto in_grpc = exchange.call(1, 2);
  const auto silent = exchange.call_silently(1, 3);
  const auto refused = exchange.call(1, 4);
  exchange.vouch(1, 1);
  exchange.table.refuse("ipv4:192.0.2.1:4");
  EXPECT_FALSE(exchange.call(1, 5)) << "they have only just come";
  exchange.now += 1s;
  EXPECT_TRUE(exchange.call(1, 5));
  EXPECT_TRUE(refused->was_cut);
  EXPECT_TRUE(exchange.call(1, 6));
  EXPECT_TRUE(silent->was_cut);
  EXPECT_TRUE(exchange.call(1, 7));
  EXPECT_TRUE(in_grpc->was_cut);
  EXPECT_FALSE(exchange.call(1, 8));
  EXPECT_FALSE(guest->was_cut);
  EXPECT_EQ(4U, exchange.table.size());
}

TEST(ConnectionTable, AGuestWhoHasGoneMakesRoomUnnoticedAndNobodyIsCut) {
  Exchange exchange({.in_all = 1000, .per_address = 20});
  const auto silent = exchange.call_silently(1, 1);
  std::shared_ptr<Wire> guest;
  for (int port = 2; port <= 20; ++port) {
    guest = exchange.call(1, port);
    exchange.vouch(1, port);
  }
  exchange.now += 1s;
  guest->open = guest->has_caller = false;  // its descriptor may be another connection's
  EXPECT_TRUE(exchange.call(1, 21));
  EXPECT_FALSE(silent->was_cut || guest->was_cut);
  EXPECT_EQ(20U, exchange.table.size());
}

TEST(ConnectionTable, WhoseMostStrangersHaveGoneLosesNoOtherConnection) {
  Exchange exchange({.in_all = 30, .per_address = 30});
  std::vector<std::shared_ptr<Wire>> crowd;
  for (int port = 1; port <= 30; ++port) {
    crowd.push_back(exchange.call(1, port));
    exchange.vouch(1, port);
  }
  exchange.now += 1s;
  crowd[20]->open = crowd[20]->has_caller = false;
  EXPECT_TRUE(exchange.call(2));
  EXPECT_FALSE(crowd[20]->was_cut);
  EXPECT_EQ(0U, exchange.turned(Turned::kStranger));
}

TEST(ConnectionTable, WhereAllAreTakenAStrangerOfTheNewcomersAddressGoes) {
  Exchange exchange({.in_all = 2, .per_address = 2});
  const auto here = exchange.call(1);
  const auto there = exchange.call(2);
  exchange.now += 1s;
  EXPECT_TRUE(exchange.call(1, 5));
  EXPECT_TRUE(here->was_cut);
  EXPECT_FALSE(there->was_cut);
}

TEST(ConnectionTable, WhoSaysNothingCostsNoPlace) {
  Exchange exchange({.strangers = 1});
  const auto silent = exchange.call_silently(1, 1);
  EXPECT_FALSE(silent->handed_over);
  const auto guest = exchange.call(1, 2);
  EXPECT_TRUE(guest->handed_over);
  exchange.now += 11s;
  EXPECT_TRUE(exchange.table.watch(exchange.now));
  EXPECT_TRUE(silent->was_cut);
  EXPECT_FALSE(guest->was_cut);
}

TEST(ConnectionTable, AStrangerMaySendSoMuchBeyondItsFirstFlight) {
  Exchange exchange({.stranger_bytes = 1000});
  const auto short_hello = exchange.call(1, 1, 24);
  const auto long_hello = exchange.call(1, 2, 2000);
  EXPECT_EQ(1024U, short_hello->handed_over);
  EXPECT_EQ(3000U, long_hello->handed_over);
  short_hello->bytes = long_hello->bytes = 1025;
  EXPECT_TRUE(exchange.table.watch(exchange.now));
  EXPECT_TRUE(short_hello->was_cut);
  EXPECT_FALSE(long_hello->was_cut);
}

TEST(ConnectionTable, WhoHasSentTooMuchBeforeHisTurnNeverGetsIn) {
  Exchange exchange({.stranger_bytes = 1000});
  const auto wire = exchange.call_silently(1);
  wire->bytes = 4000;
  exchange.speaks(wire, 24);
  EXPECT_FALSE(wire->handed_over);
  EXPECT_TRUE(wire->was_cut);
}

TEST(ConnectionTable, AGuestsConnectionWhoseCallerHasGoneMakesRoomAsAStrangersDoes) {
  Exchange exchange({.in_all = 1000, .per_address = 2});
  const auto inside = exchange.call(1, 1);
  const auto alone = exchange.call(1, 2);
  exchange.vouch(1, 1);
  exchange.vouch(1, 2);
  exchange.now += 1s;
  EXPECT_FALSE(exchange.call(1, 3)) << "both have callers";
  alone->has_caller = false;
  EXPECT_TRUE(exchange.call(1, 3));
  EXPECT_TRUE(alone->was_cut);
  EXPECT_FALSE(inside->was_cut);
}

TEST(ConnectionTable, AmongThoseOfManyAddressesAGuestsConnectionWithoutACallerMakesRoom) {
  Exchange exchange({.in_all = 2, .per_address = 2});
  const auto alone = exchange.call(1, 1);
  exchange.vouch(1, 1);
  const auto inside = exchange.call(1, 2);
  exchange.vouch(1, 2);
  EXPECT_FALSE(exchange.call(2)) << "both have callers";
  alone->has_caller = false;
  EXPECT_TRUE(exchange.call(2));
  EXPECT_TRUE(alone->was_cut);
  EXPECT_FALSE(inside->was_cut);
}

TEST(ConnectionTable, ThePlaceOfWhoHasHungUpIsGivenOnAtOnce) {
  Exchange exchange({.strangers = 1});
  const auto gone = exchange.call(1, 1);
  const auto next = exchange.call(1, 2);
  EXPECT_FALSE(next->handed_over);
  gone->open = false;
  std::ignore = exchange.table.let_in({}, exchange.now);
  EXPECT_TRUE(next->handed_over);
}

TEST(ConnectionTable, FromWhereACallerWasCutTheNextComeInSlowly) {
  Exchange exchange({});
  const auto before = exchange.call(1, 1);
  EXPECT_TRUE(before->handed_over);
  exchange.table.slow("192.0.2.1", exchange.now);
  const auto first = exchange.call(1, 2);
  const auto second = exchange.call(1, 3);
  EXPECT_TRUE(exchange.call(2)->handed_over);
  EXPECT_FALSE(first->handed_over || second->handed_over || exchange.table.crowded());
  EXPECT_EQ(2U, exchange.metrics.slowed);
  for (const bool both : {false, true}) {
    exchange.now += Slowdown::kFirstGap;
    EXPECT_TRUE(exchange.table.watch(exchange.now));
    std::ignore = exchange.table.let_in({}, exchange.now);
    EXPECT_TRUE(second->handed_over);
    EXPECT_EQ(both, first->handed_over.has_value());
  }
}

TEST(ConnectionTable, WhileGuestsComeInOthersNeedNotWaitUntilThereIsTime) {
  Exchange exchange({});
  const auto guest = exchange.call(1, 1);
  exchange.has_time = false;
  const auto next = exchange.call(1, 2);
  EXPECT_FALSE(next->handed_over);
  exchange.vouch(1, 1);
  EXPECT_TRUE(exchange.table.let_in({.grpc = false}, exchange.now));
  EXPECT_TRUE(next->handed_over);
}

TEST(ConnectionTable, RefusedConnectionsCostNoQuestionToEverybody) {
  Exchange exchange({.in_all = 1000, .per_address = 500});
  std::vector<std::shared_ptr<Wire>> guests;
  for (int port = 1; port <= 500; ++port) {
    guests.push_back(exchange.call(1, port));
    exchange.vouch(1, port);
  }
  for (const auto& guest : guests) guest->questions = 0;
  for (int port = 1000; port < 1100; ++port) EXPECT_FALSE(exchange.call(1, port));
  std::size_t questions = 0;
  for (const auto& guest : guests) questions += guest->questions;
  EXPECT_LE(questions, 1000U);
}

TEST(ConnectionTable, OfOneNetworkOnlyWhoWasVouchedForIsAGuest) {
  Exchange exchange({.stranger_bytes = 1000});
  const auto guest = exchange.call_from("ipv6:[2001:db8::1]:4000");
  const auto neighbour = exchange.call_from("ipv6:[2001:db8::2]:4000");
  exchange.table.vouch("ipv6:%5B2001:db8::1%5D:4000", exchange.now);
  guest->bytes = neighbour->bytes = 5000;
  EXPECT_FALSE(exchange.table.watch(exchange.now));
  EXPECT_FALSE(guest->was_cut);
  EXPECT_TRUE(neighbour->was_cut);
}

}  // namespace
}  // namespace comcat::server
