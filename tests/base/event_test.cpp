#include "comcat/base/event.h"

#include <thread>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

using namespace std::chrono_literals;

TEST(Event, IsWaitedForInVainUntilItHappens) {
  Event event;
  EXPECT_FALSE(event.is_set());
  EXPECT_FALSE(event.wait_for(1ms));
  event.set();
  EXPECT_TRUE(event.is_set());
  EXPECT_TRUE(event.wait_for(0ms));
}

TEST(Event, WakesWhoWaits) {
  Event event;
  std::jthread setter([&event] { event.set(); });
  EXPECT_TRUE(event.wait_for(20s));
}

}  // namespace
}  // namespace comcat::base
