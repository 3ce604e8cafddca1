#include "comcat/server/send_load.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::chrono::nanoseconds kWrite{16'667};  // in Write(); 20 us in all

/// A server whose writes cost kWrite, and a clock.
class Sending {
 public:
  Sending() {
    for (int i = 0; i < 200; ++i) load.measured(kWrite);
  }
  /// Every 20 ms frames for so many listeners that it would take `share` of a core.
  void go_on(base::Duration time, double share) {
    const auto each = static_cast<std::uint64_t>(share * 0.02 / 20e-6);
    for (const base::Time end = now + time; now < end; now += milliseconds(20)) {
      load.count(each, now);
    }
  }
  SendLoad load;
  base::Time now{seconds(1'000'000)};
};

TEST(SendLoad, AServerThatHasSentNothingLetsNothingWait) {
  EXPECT_EQ(milliseconds(0), SendLoad().wait());
}

TEST(SendLoad, BelowTheIdleShareNothingWaitsFromTheBusyOneTenMillisecondsAndBetweenALittle) {
  for (const auto& [share, wait] : {std::pair(0.05, 0), std::pair(0.14, 0), std::pair(0.23, 5),
                                    std::pair(0.31, 10), std::pair(5.0, 10)}) {
    Sending server;
    server.go_on(seconds(5), share);
    EXPECT_NEAR(share, server.load.share(), 0.02 * share);
    EXPECT_EQ(milliseconds(wait), server.load.wait()) << share;
  }
}

TEST(SendLoad, IsFollowedWithinSecondsBothWays) {
  Sending server;
  server.go_on(seconds(5), 0.05);
  server.go_on(seconds(3), 1.0);
  EXPECT_EQ(milliseconds(10), server.load.wait());
  server.go_on(seconds(4), 0.05);
  EXPECT_EQ(milliseconds(0), server.load.wait());
}

TEST(SendLoad, AnHourOfSilenceIsForgottenWithTheFirstFrame) {
  Sending server;
  server.go_on(seconds(5), 1.0);
  server.now += std::chrono::hours(1);
  server.load.count(10, server.now);
  EXPECT_EQ(milliseconds(0), server.load.wait());
}

TEST(SendLoad, AFrameAndAHundredMillisecondsOfOthersChangeNothingMuch) {
  Sending server;
  server.go_on(seconds(5), 0.10);
  server.go_on(milliseconds(100), 0.5);
  EXPECT_EQ(milliseconds(0), server.load.wait());
}

TEST(SendLoad, OneWriteThatTookLongSaysLittleOfTheNext) {
  Sending server;
  server.go_on(seconds(5), 0.05);
  server.load.measured(seconds(1));
  server.go_on(seconds(1), 0.05);
  EXPECT_LT(server.load.share(), 0.35);
  for (int i = 0; i < 30; ++i) server.load.measured(kWrite);
  EXPECT_EQ(milliseconds(0), server.load.wait());
}

TEST(SendLoad, OneWriteOfManyIsMeasured) {
  SendLoad load;
  std::uint64_t measured = 0;
  for (std::uint64_t i = 0; i < 10 * SendLoad::kMeasuredWrites; ++i) {
    measured += load.measures_next() ? 1 : 0;
  }
  EXPECT_EQ(10U, measured);
}

}  // namespace
}  // namespace comcat::server
