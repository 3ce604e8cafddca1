#include "comcat/server/heap_trim.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMB = 1024 * 1024;

TEST(HeapTrim, MemoryThatLiesIdleIsGivenBack) {
  HeapTrim heap;
  base::Time now{1000s};
  EXPECT_FALSE(heap.wanted({.resident = 20 * kMB, .used = 5 * kMB}, now));
  EXPECT_FALSE(heap.wanted({.resident = 120 * kMB, .used = 100 * kMB}, now)) << "it is used";
  EXPECT_TRUE(heap.wanted({.resident = 120 * kMB, .used = 5 * kMB}, now)) << "it was freed";
  heap.trimmed({.resident = 30 * kMB, .used = 5 * kMB});
  EXPECT_FALSE(heap.wanted({.resident = 40 * kMB, .used = 5 * kMB}, now));
  EXPECT_TRUE(heap.wanted({.resident = 50 * kMB, .used = 5 * kMB}, now));
}

TEST(HeapTrim, WhatTheSystemDoesNotTakeIsNotOfferedAgainAndAgain) {
  HeapTrim heap;
  base::Time now{1000s};
  EXPECT_FALSE(heap.wanted({.resident = 20 * kMB, .used = 5 * kMB}, now));
  EXPECT_TRUE(heap.wanted({.resident = 120 * kMB, .used = 5 * kMB}, now));
  heap.trimmed({.resident = 110 * kMB, .used = 5 * kMB});
  EXPECT_FALSE(heap.wanted({.resident = 115 * kMB, .used = 5 * kMB}, now));
}

TEST(HeapTrim, IsLookedAtSeldom) {
  HeapTrim heap;
  base::Time now{1000s};
  EXPECT_TRUE(heap.due(now));
  EXPECT_FALSE(heap.wanted({}, now));
  EXPECT_FALSE(heap.due(now + 1s));
  EXPECT_TRUE(heap.due(now + 5s));
}

TEST(HeapTrim, KnowsWhatThisProcessHolds) {
  const HeapUse use = HeapUse::now();
  EXPECT_GT(use.resident, 1 * kMB);
}

}  // namespace
}  // namespace comcat::server
