#include "client/resize_signal.h"

#include <chrono>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kStart{1'000s};
constexpr int kOtherMs = 17;

TEST(ResizeSignal, NothingIsDrawnUntilTheSizeHasStayed) {
  ResizeSignal resized;
  EXPECT_FALSE(resized.goes_on());
  EXPECT_FALSE(resized.is_over(kStart));
  EXPECT_EQ(kOtherMs, resized.wait_ms(kStart, kOtherMs));
  resized.take(kStart);
  resized.take(kStart + 200ms);
  EXPECT_FALSE(resized.is_over(kStart + 499ms));
  EXPECT_TRUE(resized.goes_on());
  EXPECT_EQ(1, resized.wait_ms(kStart + 499ms, kOtherMs));
  EXPECT_TRUE(resized.is_over(kStart + 500ms));
  EXPECT_FALSE(resized.goes_on());
  EXPECT_FALSE(resized.is_over(kStart + 500ms)) << "once";
}

TEST(ResizeSignal, ASizeThatChangesForLongIsFollowedNowAndThen) {
  ResizeSignal resized;
  base::Time now = kStart;
  for (; now < kStart + ResizeSignal::kLongest; now += 20ms) {
    resized.take(now);
    EXPECT_FALSE(resized.is_over(now));
    EXPECT_LE(resized.wait_ms(now, -1), 100) << "who waits may have to stop";
    EXPECT_GT(resized.wait_ms(now, -1), 0);
  }
  EXPECT_TRUE(resized.is_over(now));
}

}  // namespace
}  // namespace comcat::client
