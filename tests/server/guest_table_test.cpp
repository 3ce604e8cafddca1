#include "comcat/server/guest_table.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/connection_budget.h"

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kKiB = 1024;

/// A connection without a socket: its peer sends as much as its limit lets arrive.
struct Wire {
  bool open = true;
  bool was_cut = false;
  std::uint64_t limit = 1'000'000'000;
  int moved = 0;  // how often the limit was
  int looks = 0;
  LineBytes bytes;

  void send(std::uint64_t more) { bytes.received = std::min(bytes.received + more, limit); }
};

class WireLine final : public GuestLine {
 public:
  explicit WireLine(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  [[nodiscard]] bool is_open() const override { return wire_->open; }
  [[nodiscard]] LineBytes bytes() const override {
    ++wire_->looks;
    return wire_->bytes;
  }
  void limit(std::uint64_t bytes) override {
    wire_->limit = bytes;
    ++wire_->moved;
  }
  void cut() override {
    wire_->was_cut = true;
    wire_->open = false;
  }

 private:
  std::shared_ptr<Wire> wire_;
};

/// Guests of 192.0.2.`from`, and times given by hand.
class House {
 public:
  std::shared_ptr<Wire> connect(int from, int port) {
    auto wire = std::make_shared<Wire>();
    wire->bytes.received = 700;  // as a hello has
    table.add(peer(from, port), std::make_unique<WireLine>(wire));
    return wire;
  }
  GuestTable::Account admit(int from, int port) {
    GuestTable::Account account = table.account_of(peer(from, port));
    account->caller_came();
    table.admit(peer(from, port));
    return account;
  }
  bool watch() { return table.watch(now += 100ms); }

  static std::string peer(int from, int port) {
    return "ipv4:192.0.2." + std::to_string(from) + ":" + std::to_string(port);
  }

  Metrics metrics;
  GuestTable table{{.alone_bytes = 1000, .alone_patience = 70s}, metrics};
  base::Time now{1000s};
};

TEST(GuestTable, RestsWhileNobodySendsAndStirsWhenSomebodyBegins) {
  House house;
  int stirred = 0;
  house.table.wake_by([&] { ++stirred; });
  const auto guest = house.connect(1, 4000);
  const GuestTable::Account account = house.admit(1, 4000);
  EXPECT_TRUE(house.watch());
  EXPECT_FALSE(house.table.rests()) << "its hello has just come";
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(house.table.rests()) << i;
    guest->send(20);  // a ping of gRPC's
    EXPECT_TRUE(house.watch());
  }
  EXPECT_TRUE(house.table.rests());
  for (int frame = 0; frame < 100; ++frame) {
    account->message_in(80);
    guest->send(150);
    if (stirred == 0) {
      EXPECT_LT(guest->bytes.received, guest->limit - 2 * kKiB);
    }
  }
  EXPECT_EQ(1, stirred) << "once, until the next watch";
  EXPECT_TRUE(house.watch());
  EXPECT_FALSE(house.table.rests());
  house.now += 2s;
  EXPECT_TRUE(house.watch());
  EXPECT_TRUE(house.table.rests());
  EXPECT_FALSE(guest->was_cut);
}

TEST(GuestTable, DoesNotRestWhileSomethingIsUnderWayToAGuest) {
  House house;
  const auto guest = house.connect(1, 4000);
  std::ignore = house.admit(1, 4000);
  std::ignore = house.watch();
  house.now += 2s;
  guest->bytes.waits = true;
  std::ignore = house.watch();
  EXPECT_FALSE(house.table.rests()) << "its path may be dead";
}

TEST(GuestTable, WhoSendsWithoutEndIsHeldAtOnceAndSoonCut) {
  House house;
  const auto attacker = house.connect(1, 4000);
  std::ignore = house.admit(1, 4000);
  const auto account = house.table.account_of(House::peer(1, 4000));
  attacker->send(1'000'000'000);
  EXPECT_LE(attacker->bytes.received, 700 + 7 * kKiB) << "before anybody has looked";
  int watches = 0;
  while (house.watch() && watches < 10) {
    ++watches;
    attacker->send(1'000'000'000);
  }
  EXPECT_TRUE(attacker->was_cut);
  EXPECT_TRUE(account->was_cut()) << "and its calls know it";
  EXPECT_LE(watches, 8);
  EXPECT_LE(attacker->bytes.received, ConnectionBudget::kBytes + 14 * kKiB);
  EXPECT_EQ(1U, house.metrics.overdrawn);
  EXPECT_EQ(std::vector<std::string>{"192.0.2.1"}, house.table.offenders());
  EXPECT_TRUE(house.table.offenders().empty());
}

TEST(GuestTable, WhoMayTalkFasterIsNotHeldEither) {
  Metrics metrics;
  GuestTable table({.bytes_per_second = 10'000'000}, metrics);
  const auto talker = std::make_shared<Wire>();
  table.add(House::peer(1, 1), std::make_unique<WireLine>(talker));
  table.account_of(House::peer(1, 1))->caller_came();
  table.admit(House::peer(1, 1));
  talker->send(1'000'000);
  EXPECT_EQ(1'000'000U, talker->bytes.received);
}

TEST(GuestTable, WhoTalksIsNotHeldAndItsLimitIsMovedSeldom) {
  House house;
  const auto talker = house.connect(1, 4000);
  const auto account = house.admit(1, 4000);
  for (int i = 0; i < 600; ++i) {  // a minute of 8 KiB a second
    const std::uint64_t before = talker->bytes.received;
    talker->send(800);
    ASSERT_EQ(before + 800, talker->bytes.received);
    account->message_in(700);
    ASSERT_TRUE(house.watch());
  }
  EXPECT_FALSE(talker->was_cut);
  EXPECT_LT(talker->moved, 150);
}

TEST(GuestTable, ABurstAfterAnOutageIsHeldButNotCut) {
  House house;
  const auto talker = house.connect(1, 4000);
  const auto account = house.admit(1, 4000);
  for (int outage = 0; outage < 20; ++outage) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(house.watch());
    std::uint64_t waiting = 100 * kKiB;  // ten seconds of voice at once, read as fast as it comes
    while (waiting > 0) {
      const std::uint64_t before = talker->bytes.received;
      talker->send(waiting);
      const std::uint64_t came = talker->bytes.received - before;
      waiting -= came;
      if (came > 0) account->message_in(came);
      ASSERT_TRUE(house.watch());
    }
  }
  EXPECT_FALSE(talker->was_cut);
}

TEST(GuestTable, ManyOfOneAddressWhoSendALittleTooMuchEachLoseTheWorst) {
  House house;
  std::vector<std::shared_ptr<Wire>> crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.push_back(house.connect(1, i));
    std::ignore = house.admit(1, i);
  }
  const auto neighbour = house.connect(2, 1);
  std::ignore = house.admit(2, 1);
  neighbour->send(6 * kKiB);
  ASSERT_TRUE(house.watch());
  for (const auto& one : crowd) one->limit = 1'000'000;
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd[i]->send(20 * kKiB + i);
  ASSERT_TRUE(house.watch());
  EXPECT_TRUE(crowd[7]->was_cut);
  EXPECT_TRUE(crowd[6]->was_cut);
  EXPECT_FALSE(crowd[0]->was_cut) << "the others together are within what an address may";
  EXPECT_FALSE(neighbour->was_cut);
}

TEST(GuestTable, WhoHasNoCallerAnyMoreIsAStrangerAgain) {
  House house;
  const auto sender = house.connect(1, 1);
  const auto idler = house.connect(1, 2);
  const auto returner = house.connect(1, 3);
  std::vector<GuestTable::Account> accounts;
  for (const int port : {1, 2, 3}) accounts.push_back(house.admit(1, port));
  ASSERT_TRUE(house.watch());
  for (const auto& account : accounts) account->caller_went();
  ASSERT_TRUE(house.watch());
  sender->send(1'000'000);
  ASSERT_TRUE(house.watch());
  EXPECT_TRUE(sender->was_cut);
  EXPECT_EQ(1701U, sender->bytes.received) << "700, 1000 and one by which it is known";
  std::ignore = house.admit(1, 3);
  house.now += 71s;
  ASSERT_TRUE(house.watch());
  EXPECT_TRUE(idler->was_cut);
  EXPECT_FALSE(returner->was_cut);
  EXPECT_EQ(2U, house.metrics.turned_away[static_cast<std::size_t>(Turned::kStranger)]);
}

TEST(GuestTable, APathThatAcknowledgesNothingForFourSecondsIsCut) {
  House house;
  const auto vanished = house.connect(1, 4000);
  std::ignore = house.admit(1, 4000);
  vanished->bytes.silence = 60s;  // nothing was under way, and nothing to acknowledge
  EXPECT_TRUE(house.watch());
  vanished->bytes.waits = true;
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(vanished->was_cut) << i;
    house.watch();
  }
  house.watch();
  EXPECT_TRUE(vanished->was_cut);
  EXPECT_EQ(0U, house.metrics.overdrawn);
  EXPECT_TRUE(house.table.offenders().empty());
}

TEST(GuestTable, ASlowPathThatAcknowledgesNowAndThenIsNot) {
  House house;
  const auto slow = house.connect(1, 4000);
  std::ignore = house.admit(1, 4000);
  slow->bytes.waits = true;
  for (int i = 0; i < 600; ++i) {
    slow->bytes.silence = 100ms * (i % 39);
    house.watch();
  }
  EXPECT_FALSE(slow->was_cut);
}

TEST(GuestTable, OneFromWhomNothingComesIsLookedAtSeldomUntilMuchDoes) {
  House house;
  const auto listener = house.connect(1, 4000);
  const auto account = house.admit(1, 4000);
  for (int i = 0; i < 5; ++i) house.watch();
  const int before = listener->looks;
  for (int i = 0; i < 50; ++i) house.watch();
  EXPECT_NEAR(6, listener->looks - before, 1);
  account->message_in(2 * kKiB);
  listener->send(2 * kKiB);
  int looks = listener->looks;
  house.watch();
  EXPECT_EQ(++looks, listener->looks) << "at once";
  house.watch();
  EXPECT_EQ(looks, listener->looks) << "as it was a message";
  listener->send(kKiB);
  for (int i = 0; i < 8 && looks == listener->looks; ++i) house.watch();
  EXPECT_EQ(++looks, listener->looks);
  house.watch();
  EXPECT_EQ(++looks, listener->looks) << "to see whether more comes that is no message";
}

TEST(GuestTable, WhoOnlyListensToOthersIsLookedAtSeldom) {
  House house;
  const auto listener = house.connect(1, 4000);
  const auto account = house.admit(1, 4000);
  const auto hear = [&] {
    for (int frames = 0; frames < 5; ++frames) account->message_out(100);
    listener->send(60);            // window updates
    listener->bytes.waits = true;  // the last frame is under way
    listener->bytes.silence = 20ms;
    house.watch();
  };
  for (int i = 0; i < 10; ++i) hear();
  const int before = listener->looks;
  for (int i = 0; i < 50; ++i) hear();
  EXPECT_NEAR(7, listener->looks - before, 1);
  EXPECT_FALSE(listener->was_cut);
}

TEST(GuestTable, WhoWasQuietAndSendsWithoutEndIsHeldAllTheSame) {
  House house;
  const auto attacker = house.connect(1, 4000);
  std::ignore = house.admit(1, 4000);
  for (int i = 0; i < 20; ++i) house.watch();
  const std::uint64_t before = attacker->bytes.received;
  attacker->send(1'000'000'000);
  EXPECT_LE(attacker->bytes.received - before, 16 * kKiB);
  for (int i = 0; i < 30 && !attacker->was_cut; ++i) {
    house.watch();
    attacker->send(1'000'000'000);
  }
  EXPECT_TRUE(attacker->was_cut);
}

/// Of one who, so long `after` it came, sends part of a message too large and then nothing: how
/// often its kernel tries in vain until it is cut. After a try that some of it gets through the
/// next is 200 ms later, after each other try in twice the time. First comes the rest of a segment.
int vain_tries(base::Duration after) {
  House house;
  const auto sender = house.connect(1, 4000);
  std::ignore = house.admit(1, 4000);
  std::ignore = house.watch();
  base::Time watched = house.now;
  base::Time next = house.now + after;
  auto pause = 200ms;
  bool few = false;
  int vain = 0;
  for (int step = 0; step < 1000 && !sender->was_cut; ++step) {
    house.now += 50ms;
    if (house.now >= next) {
      const std::uint64_t before = sender->bytes.received;
      sender->send(few ? 100 : 200 * kKiB);
      const bool in_vain = sender->bytes.received == before;
      few = in_vain || !few;
      pause = in_vain ? 2 * pause : 200ms;
      next = house.now + pause;
      if (in_vain) ++vain;
    }
    if (house.now < watched + (house.table.rests() ? 3000ms : 100ms)) continue;
    watched = house.now;
    std::ignore = house.table.watch(house.now);
  }
  EXPECT_TRUE(sender->was_cut);
  return vain;
}

TEST(GuestTable, WhoIsHeldBackAmidAMessageDoesNotTryInVainOnceThatWasSeen) {
  EXPECT_EQ(0, vain_tries(0s));
  EXPECT_LE(vain_tries(1500ms), 2) << "it was looked at seldom";
  EXPECT_LE(vain_tries(10s), 4) << "all rested";
}

TEST(GuestTable, WhoWasNeverAdmittedIsNobodysGuest) {
  House house;
  const auto stranger = house.connect(1, 1);
  stranger->send(1'000'000);
  EXPECT_TRUE(house.watch());
  EXPECT_FALSE(stranger->was_cut) << "others see to it";
}

TEST(GuestTable, ANeighbourInTheSameNetworkHasAnAccountOfItsOwn) {
  House house;
  auto here = std::make_unique<WireLine>(std::make_shared<Wire>());
  auto there = std::make_unique<WireLine>(std::make_shared<Wire>());
  house.table.add("ipv6:[2001:db8::1]:4000", std::move(here));
  house.table.add("ipv6:[2001:db8::2]:4000", std::move(there));
  house.table.account_of("ipv6:%5B2001:db8::1%5D:4000")->caller_came();
  EXPECT_EQ(1, house.table.account_of("ipv6:[2001:db8::1]:4000")->callers());
  EXPECT_EQ(0, house.table.account_of("ipv6:[2001:db8::2]:4000")->callers());
}

TEST(GuestTable, WhoHasEndedIsForgotten) {
  House house;
  house.connect(1, 1)->open = false;
  EXPECT_FALSE(house.watch());
  EXPECT_EQ(0, house.table.account_of(House::peer(1, 1))->callers()) << "an account of its own";
}

}  // namespace
}  // namespace comcat::server
