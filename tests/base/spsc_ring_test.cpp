#include "comcat/base/spsc_ring.h"

#include <thread>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

TEST(SpscRing, RefusesWhatDoesNotFit) {
  SpscRing<int> ring(2);
  EXPECT_TRUE(ring.push(1));
  EXPECT_TRUE(ring.push(2));
  EXPECT_FALSE(ring.push(3));
  int item = 0;
  EXPECT_TRUE(ring.pop(item));
  EXPECT_EQ(1, item);
  EXPECT_TRUE(ring.push(4));
}

TEST(SpscRing, IsEmptyAtFirst) {
  SpscRing<int> ring(1);
  int item = 0;
  EXPECT_FALSE(ring.pop(item));
  EXPECT_FALSE(ring.wait_pop(item, std::chrono::microseconds(1)));
}

TEST(SpscRing, KeepsOrderBetweenTwoThreads) {
  SpscRing<int> ring(16);
  constexpr int kItems = 20'000;
  std::jthread producer([&] {
    for (int i = 0; i < kItems;) {
      if (ring.push(i)) ++i;
    }
  });
  for (int expected = 0; expected < kItems; ++expected) {
    int item = -1;
    ASSERT_TRUE(ring.wait_pop(item, std::chrono::seconds(10)));
    ASSERT_EQ(expected, item);
  }
}

}  // namespace
}  // namespace comcat::base
