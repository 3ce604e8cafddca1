#include "bus/append_queue.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::bus {
namespace {

using std::chrono::seconds;

constexpr base::Time kNow{seconds(100)};

AppendQueue::Item item(const std::string& bytes, base::Time until) {
  return {{"topic", bytes, bytes}, {}, until};
}

TEST(AppendQueue, GivesThemInOrder) {
  AppendQueue queue;
  ASSERT_TRUE(queue.push(item("a", kNow)) && queue.push(item("b", kNow)));
  EXPECT_EQ("a", queue.front()->record.bytes);
  queue.pop();
  EXPECT_EQ("b", queue.front()->record.bytes);
  queue.pop();
  EXPECT_TRUE(queue.empty());
}

TEST(AppendQueue, WhatIsOverdueIsTakenOutWhereverItIs) {
  AppendQueue queue;
  ASSERT_TRUE(queue.push(item("later", kNow + seconds(1))) && queue.push(item("due", kNow)));
  const auto over = queue.take_overdue(kNow);
  ASSERT_EQ(1U, over.size());
  EXPECT_EQ("due", over[0]->record.bytes);
  EXPECT_EQ("later", queue.front()->record.bytes);
}

TEST(AppendQueue, TakesNoMoreThanItHasRoomFor) {
  AppendQueue queue;
  for (std::size_t i = 0; i < AppendQueue::kMost; ++i) ASSERT_TRUE(queue.push(item("x", kNow)));
  EXPECT_FALSE(queue.push(item("x", kNow)));
}

}  // namespace
}  // namespace comcat::bus
