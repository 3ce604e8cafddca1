#include "comcat/server/fair_queue.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

std::vector<FairQueue::Id> all_of(FairQueue& queue) {
  std::vector<FairQueue::Id> order;
  while (const auto turn = queue.pop()) order.push_back(turn->id);
  return order;
}

std::optional<FairQueue::Id> next_of(FairQueue& queue) {
  const auto turn = queue.pop();
  return turn ? std::optional(turn->id) : std::nullopt;
}

constexpr Standing kKnown = Standing::kKnown;
constexpr Standing kNew = Standing::kNew;
constexpr Standing kInVain = Standing::kInVain;

TEST(FairQueue, AddressesTakeTurnsHoweverManyWaitAtOne) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 100; ++id) queue.push("crowd", id, kInVain);
  queue.push("alone", 101, kInVain);
  queue.push("two", 102, kInVain);
  queue.push("two", 103, kInVain);
  const auto order = all_of(queue);
  ASSERT_EQ(103U, order.size());
  EXPECT_EQ(101U, order[1]);
  EXPECT_EQ(103U, order[2]);
  EXPECT_EQ(102U, order[4]);
}

TEST(FairQueue, OfOneAddressTheNewestAndTheOldestTakeTurns) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 5; ++id) queue.push("here", id, kInVain);
  EXPECT_EQ((std::vector<FairQueue::Id>{5, 1, 4, 2, 3}), all_of(queue));
}

TEST(FairQueue, TheYoungestOfACrowdIsOfTheAddressThatMostWaitFrom) {
  FairQueue queue;
  EXPECT_FALSE(queue.youngest_of_crowd(100));
  queue.push("alone", 1, kInVain);
  for (FairQueue::Id id = 2; id <= 5; ++id) queue.push("crowd", id, kInVain);
  EXPECT_EQ(5U, queue.youngest_of_crowd(100));
  EXPECT_EQ(3U, queue.youngest_of_crowd(4)) << "the others have only just come";
  EXPECT_FALSE(queue.youngest_of_crowd(2)) << "who is alone is no crowd";
}

TEST(FairQueue, WhereAllAreAloneTheOneWhoseTurnIsLastIsTheYoungestOfTheCrowd) {
  FairQueue queue;
  queue.push("a", 1, kInVain);
  queue.push("b", 2, kInVain);
  queue.push("b", 3, kInVain);
  queue.push("c", 4, kInVain);
  EXPECT_EQ(1U, next_of(queue));
  queue.push("a", 5, kInVain);
  EXPECT_EQ(3U, next_of(queue));
  EXPECT_EQ(2U, queue.youngest_of_crowd(100));
}

TEST(FairQueue, WhoIsKnownOrNewComesBeforeThoseWhoHadTheirsInVain) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 100; ++id) queue.push("c" + std::to_string(id), id, kInVain);
  queue.push("known", 101, kKnown);
  queue.push("new", 102, kNew);
  EXPECT_EQ(101U, next_of(queue));
  EXPECT_EQ(102U, next_of(queue));
}

TEST(FairQueue, NoStandingHasAllTurns) {
  FairQueue queue;
  FairQueue::Id id = 0;
  for (const Standing standing : {kKnown, kNew, kInVain}) {
    for (int i = 0; i < 100; ++i) ++id, queue.push("c" + std::to_string(id), id, standing);
  }
  int turns[kStandings] = {};
  for (int i = 0; i < 100; ++i) ++turns[(*next_of(queue) - 1) / 100];
  EXPECT_EQ(50, turns[0]);
  EXPECT_EQ(25, turns[1]);
  EXPECT_EQ(25, turns[2]);
}

TEST(FairQueue, OfNewAddressesTheLastAndTheFirstTakeTurns) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 4; ++id) queue.push("c" + std::to_string(id), id, kNew);
  EXPECT_EQ((std::vector<FairQueue::Id>{4, 1, 3, 2}), all_of(queue));
}

TEST(FairQueue, WhoMovesWaitsBehindOthersOfThatStanding) {
  FairQueue queue;
  queue.push("a", 1, kKnown);
  queue.push("b", 2, kInVain);
  queue.push("c", 3, kInVain);
  queue.move("a", kInVain);
  queue.move("nobody", kKnown);
  queue.push("c", 4, kKnown);
  EXPECT_EQ((std::vector<FairQueue::Id>{4, 3, 2, 1}), all_of(queue));
}

TEST(FairQueue, WhereThereIsRoomForTheBestAloneOthersWait) {
  FairQueue queue;
  queue.push("vain", 1, kInVain);
  queue.push("new", 2, kNew);
  EXPECT_FALSE(queue.pop(kKnown));
  EXPECT_EQ(2U, queue.pop(kNew)->id);
  EXPECT_FALSE(queue.pop(kNew));
}

TEST(FairQueue, TheCrowdIsOfTheWorstStandingThatHasOne) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 3; ++id) queue.push("new", id, kNew);
  for (FairQueue::Id id = 4; id <= 5; ++id) queue.push("vain", id, kInVain);
  queue.push("known", 6, kKnown);
  EXPECT_EQ(5U, queue.youngest_of_crowd(100));
  EXPECT_EQ(3U, queue.youngest_of_crowd(4));
  queue.erase("vain", 5);
  EXPECT_EQ(3U, queue.youngest_of_crowd(100)) << "one is no crowd where others are more";
}

TEST(FairQueue, WhoLeavesIsNotCalled) {
  FairQueue queue;
  queue.push("here", 1, kInVain);
  queue.push("here", 2, kInVain);
  queue.push("there", 3, kInVain);
  queue.erase("here", 2);
  queue.erase("there", 3);
  queue.erase("there", 4);
  queue.erase("nowhere", 1);
  EXPECT_EQ(1U, queue.size());
  EXPECT_EQ(1U, next_of(queue));
  EXPECT_EQ(0U, queue.size());
  EXPECT_FALSE(queue.pop());
}

}  // namespace
}  // namespace comcat::server
