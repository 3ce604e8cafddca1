#include "comcat/transport/repetition.h"

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;
using base::Time;

TEST(Repetition, IsNotWantedWhereNothingIsLost) {
  Repetition repetition;
  EXPECT_FALSE(repetition.wanted(0, 50ms, Time(1s)));
  EXPECT_FALSE(repetition.wanted(0.019, 50ms, Time(2s))) << "a packet now and then";
}

TEST(Repetition, BeginsAtOnceAndIsGivenBackSomeSecondsAfterTheLoss) {
  Repetition repetition;
  EXPECT_TRUE(repetition.wanted(0.05, 50ms, Time(1s)));
  EXPECT_TRUE(repetition.wanted(0.015, 50ms, Time(2s))) << "there is still some";
  EXPECT_TRUE(repetition.wanted(0, 50ms, Time(8s)));
  EXPECT_FALSE(repetition.wanted(0, 50ms, Time(9s)));
}

TEST(Repetition, MakesNoCongestionWorse) {
  Repetition repetition;
  EXPECT_TRUE(repetition.wanted(0.05, 50ms, Time(1s)));
  EXPECT_FALSE(repetition.wanted(0.05, 150ms, Time(2s))) << "a queue has grown";
  EXPECT_TRUE(repetition.wanted(0.05, 60ms, Time(3s)));
  EXPECT_TRUE(repetition.wanted(0.05, std::nullopt, Time(4s)));
}

TEST(Repetition, ForgetsTheShortestRoundTripOfAnotherRoute) {
  Repetition repetition;
  EXPECT_TRUE(repetition.wanted(0.05, 50ms, Time(100s)));
  EXPECT_FALSE(repetition.wanted(0.05, 200ms, Time(101s)));
  EXPECT_FALSE(repetition.wanted(0.05, 200ms, Time(131s)));
  EXPECT_TRUE(repetition.wanted(0.05, 200ms, Time(162s)));
}

}  // namespace
}  // namespace comcat::transport
