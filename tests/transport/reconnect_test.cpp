#include "comcat/transport/reconnect.h"

#include <vector>

#include <gtest/gtest.h>

#include "comcat/transport/backoff.h"

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr base::Time kNow = base::Time(1h);

std::vector<milliseconds> waits(double random, int count) {
  Backoff backoff({}, [random] { return random; });
  std::vector<milliseconds> out;
  for (int i = 0; i < count; ++i) {
    out.push_back(std::chrono::round<milliseconds>(backoff.next(kNow) - kNow));
  }
  return out;
}

TEST(Backoff, GrowsFromAQuarterOfASecondToEight) {
  const std::vector<milliseconds> longest{250ms, 500ms, 1000ms, 2000ms, 4000ms, 8000ms, 8000ms};
  EXPECT_EQ(longest, waits(0.99999, 7));
}

TEST(Backoff, IsDrawnFromTheWholeIntervalSoThatThousandsDoNotComeAtOnce) {
  EXPECT_EQ((std::vector<milliseconds>{0ms, 0ms, 0ms}), waits(0, 3));
  EXPECT_EQ((std::vector<milliseconds>{125ms, 250ms, 500ms}), waits(0.5, 3));
}

TEST(Backoff, BeginsAnewAfterAnOutage) {
  Backoff backoff({}, [] { return 0.5; });
  for (int i = 0; i < 5; ++i) static_cast<void>(backoff.next(kNow));
  backoff.reset();
  EXPECT_EQ(kNow + 125ms, backoff.next(kNow));
}

Reconnect reconnect() {
  return Reconnect(Backoff({}, [] { return 0.5; }));
}

Failure lost() {
  return {FailureKind::kUnreachable, "lost", "", true};
}
Failure refused() {
  return {FailureKind::kRefused, "refused", "", false};
}

TEST(Reconnect, WhoNeverGotInIsToldAtOnce) {
  EXPECT_FALSE(reconnect().on_end(lost(), kNow).retry_at);
}

TEST(Reconnect, ALostCallIsTriedAgainAndAnnouncedOncePerOutage) {
  Reconnect it = reconnect();
  it.on_welcome();
  const auto first = it.on_end(lost(), kNow);
  EXPECT_EQ(kNow + 125ms, first.retry_at);
  EXPECT_TRUE(first.announce);
  const auto second = it.on_end(lost(), kNow);
  EXPECT_EQ(kNow + 250ms, second.retry_at);
  EXPECT_FALSE(second.announce);
  it.on_welcome();
  const auto next_outage = it.on_end(lost(), kNow + 1min);
  EXPECT_EQ(kNow + 1min + 125ms, next_outage.retry_at);
  EXPECT_TRUE(next_outage.announce);
}

TEST(Reconnect, AServerThatWelcomesAndHangsUpIsAskedMoreAndMoreSeldom) {
  Reconnect it = reconnect();
  base::Time now = kNow;
  std::vector<milliseconds> waits;
  for (int i = 0; i < 7; ++i) {
    it.on_welcome();
    const base::Time retry = *it.on_end(lost(), now).retry_at;
    waits.push_back(std::chrono::round<milliseconds>(retry - now));
    now = retry;
  }
  EXPECT_EQ((std::vector<milliseconds>{125ms, 250ms, 500ms, 1000ms, 2000ms, 4000ms, 4000ms}),
            waits);
}

TEST(Reconnect, WhoIsToldToStayOutStaysOut) {
  Reconnect it = reconnect();
  it.on_welcome();
  EXPECT_TRUE(it.on_end(lost(), kNow).retry_at);
  EXPECT_FALSE(it.on_end(refused(), kNow).retry_at);
}

TEST(Reconnect, AServerThatFillsUpAfterARestartIsTriedAgain) {
  Reconnect it = reconnect();
  it.on_welcome();
  EXPECT_TRUE(it.on_end({FailureKind::kFull, "full", "", true}, kNow).retry_at);
}

TEST(Reconnect, AServerThatIsFullAfterARestartIsToldWhileItIsTried) {
  Reconnect it = reconnect();
  it.on_welcome();
  EXPECT_TRUE(it.on_end(lost(), kNow).announce);
  const Failure full{FailureKind::kFull, "full", "", true};
  EXPECT_TRUE(it.on_end(full, kNow).announce);
  EXPECT_FALSE(it.on_end(full, kNow).announce);
  EXPECT_FALSE(it.on_end(lost(), kNow).announce);
}

}  // namespace
}  // namespace comcat::transport
