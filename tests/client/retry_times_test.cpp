#include "client/retry_times.h"

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kStart{1h};

TEST(RetryTimes, NothingIsDueWhileAllWorks) {
  const RetryTimes times;
  EXPECT_FALSE(times.due(kStart));
  EXPECT_EQ(base::Time::max(), times.next());
}

TEST(RetryTimes, ADeviceThatIsAwayIsTriedEachSecondUntilItIsBack) {
  RetryTimes times;
  times.failed(kStart);
  EXPECT_FALSE(times.due(kStart + 249ms));
  EXPECT_TRUE(times.due(kStart + 250ms));
  times.tried(kStart + 300ms);
  EXPECT_EQ(kStart + 1300ms, times.next());
  times.tried(kStart + 1300ms);
  EXPECT_EQ(kStart + 2300ms, times.next());
  times.returned(kStart + 2400ms);
  EXPECT_EQ(base::Time::max(), times.next());
}

TEST(RetryTimes, ADeviceThatIsAwayForLongIsTriedMoreSeldomAndSoonAgainTheNextTime) {
  RetryTimes times;
  times.failed(kStart);
  times.tried(kStart + 8s);
  EXPECT_EQ(kStart + 9s, times.next());
  times.tried(kStart + 16s);
  EXPECT_EQ(kStart + 18s, times.next());
  times.tried(kStart + 1h);
  EXPECT_EQ(kStart + 1h + 5s, times.next());
  times.returned(kStart + 2h);
  times.failed(kStart + 3h);
  times.tried(kStart + 3h + 1s);
  EXPECT_EQ(kStart + 3h + 2s, times.next());
}

TEST(RetryTimes, OneThatFailsAsSoonAsItIsBackIsTriedEverMoreSeldom) {
  RetryTimes times;
  base::Time now = kStart;
  times.failed(now);
  for (const base::Duration pause : {2s, 4s, 8s, 16s, 30s, 30s}) {
    times.returned(now);
    now += 3s;
    times.failed(now);
    EXPECT_EQ(now + pause, times.next());
  }
  times.returned(now);
  now += 10s;
  times.failed(now);
  EXPECT_EQ(now + 250ms, times.next()) << "it has worked for a while";
}

TEST(RetryTimes, ASoundServerThatIsRestartedAgainAndAgainIsTriedAtOnceEachTime) {
  RetryTimes times;
  base::Time now = kStart;
  for (int i = 0; i < 10; ++i) {
    times.failed(now);
    EXPECT_EQ(now + 250ms, times.next());
    times.returned(now + 250ms);
    now += 5250ms;
  }
}

TEST(RetryTimes, AskingForItMakesItDueWhereItIsAwaited) {
  RetryTimes times;
  times.hasten(kStart);
  EXPECT_FALSE(times.due(kStart));
  times.failed(kStart);
  times.hasten(kStart + 1ms);
  EXPECT_TRUE(times.due(kStart + 1ms));
}

}  // namespace
}  // namespace comcat::client
