#include "comcat/datagram/congestion.h"

#include <gtest/gtest.h>

#include "comcat/datagram/send_times.h"

namespace comcat::datagram {
namespace {

using namespace std::chrono_literals;
using base::Time;

TEST(Congestion, IsWhatARoundTripHasGrownBy) {
  Congestion congestion;
  congestion.note(50ms, Time(1s));
  EXPECT_FALSE(congestion.is_there(Time(1s)));
  congestion.note(110ms, Time(2s));
  EXPECT_FALSE(congestion.is_there(Time(2s))) << "a round trip varies";
  congestion.note(150ms, Time(3s));
  EXPECT_TRUE(congestion.is_there(Time(3s)));
  EXPECT_EQ(base::Duration(100ms), congestion.queue(Time(3s)));
}

TEST(Congestion, IsNotKnownOnceNothingIsHeardOfIt) {
  Congestion congestion;
  EXPECT_FALSE(congestion.is_there(Time(1s)));
  congestion.note(50ms, Time(1s));
  congestion.note(500ms, Time(2s));
  EXPECT_FALSE(congestion.is_there(Time(4s)));
}

TEST(Congestion, IsSeenByReports) {
  Congestion congestion;
  congestion.sent(0, Time(1s));
  congestion.told({1, 1}, Time(1050ms));
  congestion.sent(1, Time(2s));
  congestion.sent(2, Time(2020ms));
  congestion.told({2, 2}, Time(2250ms));
  EXPECT_EQ(base::Duration(200ms), congestion.queue(Time(2250ms)));
  congestion.told({2, 2}, Time(3s));
  EXPECT_EQ(base::Duration(200ms), congestion.queue(Time(3s)))
      << "the same report again says nothing";
  congestion.told({99, 3}, Time(3s));
  EXPECT_EQ(base::Duration(200ms), congestion.queue(Time(3s))) << "nor does a lie";
}

TEST(Congestion, ForgetsTheShortestRoundTripOfAnotherRoute) {
  Congestion congestion;
  congestion.note(50ms, Time(100s));
  congestion.note(200ms, Time(101s));
  EXPECT_TRUE(congestion.is_there(Time(101s)));
  congestion.note(200ms, Time(131s));
  EXPECT_TRUE(congestion.is_there(Time(131s)));
  congestion.note(200ms, Time(162s));
  EXPECT_FALSE(congestion.is_there(Time(162s)));
}

TEST(SendTimes, AreTakenOnceAndNotForWhatHasNotLeft) {
  SendTimes times;
  EXPECT_FALSE(times.take(0));
  times.note(0, Time(1s));
  times.note(1, Time(2s));
  EXPECT_EQ(Time(2s), times.take(1));
  EXPECT_FALSE(times.take(1)) << "a report that comes twice";
  EXPECT_EQ(Time(1s), times.take(0));
  EXPECT_FALSE(times.take(2));
}

TEST(SendTimes, KeepTheLatest) {
  SendTimes times;
  for (std::uint64_t i = 0; i <= SendTimes::kMost; ++i)
    times.note(i, Time(std::chrono::seconds(i + 1)));
  EXPECT_FALSE(times.take(0));
  EXPECT_EQ(Time(2s), times.take(1));
  EXPECT_TRUE(times.take(SendTimes::kMost));
}

}  // namespace
}  // namespace comcat::datagram
