#include "comcat/server/fair_queue.h"

#include <vector>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

std::vector<FairQueue::Id> all_of(FairQueue& queue) {
  std::vector<FairQueue::Id> order;
  while (const auto id = queue.pop()) order.push_back(*id);
  return order;
}

TEST(FairQueue, AddressesTakeTurnsHoweverManyWaitAtOne) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 100; ++id) queue.push("crowd", id);
  queue.push("alone", 101);
  queue.push("two", 102);
  queue.push("two", 103);
  const auto order = all_of(queue);
  ASSERT_EQ(103U, order.size());
  EXPECT_EQ(101U, order[0]);
  EXPECT_EQ(103U, order[2]);
  EXPECT_EQ(102U, order[4]);
}

TEST(FairQueue, OfOneAddressTheNewestAndTheOldestTakeTurns) {
  FairQueue queue;
  for (FairQueue::Id id = 1; id <= 5; ++id) queue.push("here", id);
  EXPECT_EQ((std::vector<FairQueue::Id>{5, 1, 4, 2, 3}), all_of(queue));
}

TEST(FairQueue, TheYoungestOfACrowdIsOfTheAddressThatMostWaitFrom) {
  FairQueue queue;
  EXPECT_FALSE(queue.youngest_of_crowd(100));
  queue.push("alone", 1);
  for (FairQueue::Id id = 2; id <= 5; ++id) queue.push("crowd", id);
  EXPECT_EQ(5U, queue.youngest_of_crowd(100));
  EXPECT_EQ(3U, queue.youngest_of_crowd(4)) << "the others have only just come";
  EXPECT_FALSE(queue.youngest_of_crowd(2)) << "who is alone is no crowd";
}

TEST(FairQueue, WhereAllAreAloneTheOneWhoseTurnIsLastIsTheYoungestOfTheCrowd) {
  FairQueue queue;
  queue.push("a", 1);
  queue.push("b", 2);
  queue.push("b", 3);
  queue.push("c", 4);
  EXPECT_EQ(1U, queue.pop());
  queue.push("a", 5);
  EXPECT_EQ(3U, queue.pop());
  EXPECT_EQ(2U, queue.youngest_of_crowd(100));
}

TEST(FairQueue, WhoLeavesIsNotCalled) {
  FairQueue queue;
  queue.push("here", 1);
  queue.push("here", 2);
  queue.push("there", 3);
  queue.erase("here", 2);
  queue.erase("there", 3);
  queue.erase("there", 4);
  queue.erase("nowhere", 1);
  EXPECT_EQ(1U, queue.size());
  EXPECT_EQ(1U, queue.pop());
  EXPECT_EQ(0U, queue.size());
  EXPECT_FALSE(queue.pop());
}

}  // namespace
}  // namespace comcat::server
