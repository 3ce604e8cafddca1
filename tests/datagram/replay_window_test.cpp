#include "comcat/datagram/replay_window.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

TEST(ReplayWindow, EachCounterComesOnce) {
  ReplayWindow window;
  for (std::uint64_t counter = 0; counter < 5000; ++counter) {
    EXPECT_TRUE(window.is_new(counter));
    EXPECT_TRUE(window.mark(counter));
    EXPECT_FALSE(window.is_new(counter));
  }
  EXPECT_EQ(5000U, window.end());
}

TEST(ReplayWindow, WhatComesLateWithinTheWindowIsNewAndNotTheHighest) {
  ReplayWindow window;
  window.mark(2000);
  EXPECT_TRUE(window.is_new(2001 - ReplayWindow::kSize));
  EXPECT_FALSE(window.mark(2001 - ReplayWindow::kSize));
  EXPECT_FALSE(window.is_new(2001 - ReplayWindow::kSize));
  EXPECT_FALSE(window.is_new(2000 - ReplayWindow::kSize)) << "too old to tell";
}

TEST(ReplayWindow, ALeapForgetsAllThatIsBehind) {
  ReplayWindow window;
  for (std::uint64_t counter = 0; counter < 2000; ++counter) window.mark(counter);
  const std::uint64_t far = std::uint64_t{1} << 47;
  window.mark(far);
  EXPECT_FALSE(window.is_new(1999));
  for (std::uint64_t back = 1; back < ReplayWindow::kSize; ++back) {
    EXPECT_TRUE(window.is_new(far - back));
  }
}

TEST(ReplayWindow, AgreesWithASetOfAllThatCame) {
  std::mt19937_64 random(1);
  ReplayWindow window;
  std::set<std::uint64_t> come;
  std::uint64_t around = 0;
  for (int i = 0; i < 50'000; ++i) {
    around += random() % (i % 1000 == 0 ? 3000 : 3);
    const std::uint64_t back = random() % 1300;
    const std::uint64_t counter = around > back ? around - back : around;
    const bool too_old = !come.empty() && *come.rbegin() + 1 - counter > ReplayWindow::kSize &&
                         counter <= *come.rbegin();
    ASSERT_EQ(!too_old && !come.contains(counter), window.is_new(counter)) << i;
    if (!window.is_new(counter)) continue;
    ASSERT_EQ(come.empty() || counter > *come.rbegin(), window.mark(counter));
    come.insert(counter);
  }
}

TEST(SequenceFilter, LetsEachThroughOnceWhicheverWayItComes) {
  SequenceFilter filter;
  for (std::uint32_t sequence : {10U, 11U, 13U, 12U}) EXPECT_TRUE(filter.take(sequence));
  for (std::uint32_t sequence : {10U, 11U, 12U, 13U}) EXPECT_FALSE(filter.take(sequence));
}

TEST(SequenceFilter, GoesOnOverTheWrap) {
  SequenceFilter filter;
  EXPECT_TRUE(filter.take(0xfffffffe));
  EXPECT_TRUE(filter.take(1));
  EXPECT_TRUE(filter.take(0xffffffff));
  EXPECT_FALSE(filter.take(0xfffffffe));
  EXPECT_FALSE(filter.take(1));
}

TEST(SequenceFilter, WhatIsFarBehindIsANewBeginning) {
  SequenceFilter filter;
  EXPECT_TRUE(filter.take(100'000));
  EXPECT_TRUE(filter.take(0));
  EXPECT_TRUE(filter.take(1));
  EXPECT_FALSE(filter.take(1));
  EXPECT_TRUE(filter.take(100'000)) << "which is a leap ahead";
}

}  // namespace
}  // namespace comcat::datagram
