#include "comcat/playout/pull_clock.h"

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;

TEST(PullClock, EvensOutACardThatTakesTwoBlocksAtATime) {
  PullClock clock;
  base::Time due{};
  for (int i = 0; i < 100; ++i) due = clock.tick(480, base::Time{20ms * (i / 2)});
  EXPECT_EQ(base::Time{980ms}, due);  // the 100th block's place is 10 ms before its pull's partner
  due = clock.tick(480, base::Time{1000ms});
  EXPECT_EQ(base::Time{990ms}, due);
}

TEST(PullClock, EvensOutPullsOfAnyLength) {
  PullClock clock;
  base::Time due{};
  for (int i = 0; i < 400; ++i) due = clock.tick(120, base::Time{20ms * (i / 8)});
  EXPECT_EQ(base::Time{980ms}, due);
  EXPECT_EQ(base::Time{982500us}, clock.tick(480, base::Time{1000ms}));
  EXPECT_EQ(base::Time{992500us}, clock.tick(120, base::Time{1000ms}));
}

TEST(PullClock, FollowsAProcessThatWasSuspended) {
  PullClock clock;
  for (int i = 0; i < 100; ++i) (void)clock.tick(480, base::Time{10ms * i});
  EXPECT_EQ(base::Time{4000ms}, clock.tick(480, base::Time{4000ms}));
  EXPECT_EQ(base::Time{4010ms}, clock.tick(480, base::Time{4010ms}));
}

}  // namespace
}  // namespace comcat::playout
