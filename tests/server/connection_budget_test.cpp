#include "server/connection_budget.h"

#include <chrono>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

/// A connection that is looked at each tenth of a second.
class Counted {
 public:
  [[nodiscard]] bool is_cut() { return budget_.check(counts, now += 100ms).has_value(); }
  [[nodiscard]] double excess() const { return budget_.excess(); }
  [[nodiscard]] std::uint64_t bytes_left() const { return budget_.bytes_left(); }

  base::Time now{1000s};
  ConnectionCounts counts{.received = 5000, .sent = 3000};

 private:
  ConnectionBudget budget_{counts, now};
};

TEST(ConnectionBudget, WhoSendsMessagesAloneIsNeverCut) {
  Counted caller;
  for (int i = 0; i < 36'000; ++i) {  // an hour of the most that a caller may send
    caller.counts.received += 3'300;
    caller.counts.bytes_in += 3'300;
    ASSERT_FALSE(caller.is_cut());
  }
  EXPECT_EQ(0, caller.excess());
}

TEST(ConnectionBudget, WhatIsReadLateIsAccountedForInTheEnd) {
  Counted caller;
  for (int i = 0; i < 1000; ++i) {  // his window is full, and is read once a second
    caller.counts.received += 26'000;
    for (int tenth = 0; tenth < 10; ++tenth) ASSERT_FALSE(caller.is_cut());
    caller.counts.bytes_in += 26'000;
  }
}

TEST(ConnectionBudget, WhoSendsWhatIsNoMessageIsCut) {
  Counted attacker;
  attacker.counts.received += ConnectionBudget::kBytes;
  EXPECT_FALSE(attacker.is_cut());
  attacker.counts.received += 1000;
  EXPECT_TRUE(attacker.is_cut());
  EXPECT_EQ(0U, attacker.bytes_left());
}

TEST(ConnectionBudget, NoCreditIsSavedByMessagesThatCostLess) {
  Counted saver;
  for (int i = 0; i < 1000; ++i) {
    saver.counts.received += 1000;
    saver.counts.bytes_in += 1500;
    ASSERT_FALSE(saver.is_cut());
  }
  saver.counts.received += ConnectionBudget::kBytes + 1000;
  EXPECT_TRUE(saver.is_cut());
}

TEST(ConnectionBudget, TheAnswersToPingsAreForgiven) {
  Counted caller;
  for (int i = 0; i < 36'000; ++i) {
    if (i % 80 == 0) caller.counts.received += 17 + 29;  // with TLS around it
    ASSERT_FALSE(caller.is_cut());
  }
  EXPECT_LT(caller.excess(), 100);
}

TEST(ConnectionBudget, WhoHasMuchSentThatIsNoMessageIsCut) {
  Counted attacker;
  bool cut = false;
  for (int i = 0; i < 100 && !cut; ++i) {
    attacker.counts.sent += 20'000;
    cut = attacker.is_cut();
  }
  EXPECT_TRUE(cut);
}

TEST(ConnectionBudget, AListenerWhoStallsAgainAndAgainIsNotCut) {
  Counted listener;
  for (int i = 0; i < 1000; ++i) {  // each time all that lies between here and there waits
    listener.counts.bytes_out += 56'000;
    for (int tenth = 0; tenth < 40; ++tenth) ASSERT_FALSE(listener.is_cut());
    listener.counts.sent += 56'000;
    ASSERT_FALSE(listener.is_cut());
  }
}

TEST(ConnectionBudget, WhoBeginsManyStreamsIsCut) {
  Counted attacker;
  attacker.counts.streams += 24;
  EXPECT_FALSE(attacker.is_cut());
  attacker.counts.streams += 1;
  EXPECT_TRUE(attacker.is_cut());
}

TEST(ConnectionBudget, WhoBeginsAStreamNowAndThenIsNotCut) {
  Counted caller;
  for (int i = 0; i < 36'000; ++i) {
    if (i % 10 == 0) ++caller.counts.streams;
    ASSERT_FALSE(caller.is_cut());
  }
}

}  // namespace
}  // namespace comcat::server
