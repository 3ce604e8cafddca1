#include "comcat/server/slowdown.h"

#include <chrono>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNoon{1000s};

TEST(Slowdown, WhoComesFromElsewhereDoesNotNoticeIt) {
  Slowdown slowdown;
  slowdown.slow("there", kNoon);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(slowdown.turn("here", kNoon));
}

TEST(Slowdown, NewcomersGoInOneByOne) {
  Slowdown slowdown;
  EXPECT_EQ(250ms, slowdown.slow("there", kNoon));
  EXPECT_FALSE(slowdown.turn("there", kNoon + 249ms));
  EXPECT_TRUE(slowdown.turn("there", kNoon + 250ms));
  EXPECT_FALSE(slowdown.turn("there", kNoon + 499ms));
  EXPECT_TRUE(slowdown.turn("there", kNoon + 500ms));
}

TEST(Slowdown, TheGapDoublesWithEachCutUpToTwoSeconds) {
  Slowdown slowdown;
  for (const auto gap : {250ms, 500ms, 1000ms, 2000ms, 2000ms}) {
    EXPECT_EQ(gap, slowdown.slow("there", kNoon));
  }
  EXPECT_FALSE(slowdown.turn("there", kNoon + 1999ms));
  EXPECT_TRUE(slowdown.turn("there", kNoon + 2s));
}

TEST(Slowdown, TheGapHalvesWithTimeUntilNothingIsLeft) {
  Slowdown slowdown;
  slowdown.slow("there", kNoon);
  slowdown.slow("there", kNoon);
  EXPECT_TRUE(slowdown.turn("there", kNoon + 30s));
  EXPECT_FALSE(slowdown.turn("there", kNoon + 30s + 249ms));
  EXPECT_TRUE(slowdown.turn("there", kNoon + 30s + 250ms));
  EXPECT_TRUE(slowdown.turn("there", kNoon + 60s));
  EXPECT_TRUE(slowdown.turn("there", kNoon + 60s));
  EXPECT_EQ(0U, slowdown.size());
}

TEST(Slowdown, BeyondItsCapacityTheOneThatIsSlowedLeastIsForgotten) {
  Slowdown slowdown;
  for (std::size_t i = 0; i < Slowdown::kMostAddresses; ++i) {
    const std::string address = std::to_string(i);
    slowdown.slow(address, kNoon);
    if (i != 7) slowdown.slow(address, kNoon);
  }
  slowdown.slow("one more", kNoon);
  EXPECT_EQ(Slowdown::kMostAddresses, slowdown.size());
  EXPECT_TRUE(slowdown.turn("7", kNoon));
  EXPECT_FALSE(slowdown.turn("8", kNoon));
  EXPECT_FALSE(slowdown.turn("one more", kNoon));
}

TEST(Slowdown, ThoseWhoseTimeIsOverMakeRoomFirst) {
  Slowdown slowdown;
  for (std::size_t i = 0; i < Slowdown::kMostAddresses; ++i) {
    slowdown.slow(std::to_string(i), i < 10 ? kNoon : kNoon + 20s);
  }
  slowdown.slow("one more", kNoon + 30s);
  EXPECT_EQ(Slowdown::kMostAddresses - 9, slowdown.size());
}

}  // namespace
}  // namespace comcat::server
