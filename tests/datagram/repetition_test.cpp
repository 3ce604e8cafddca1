#include "comcat/datagram/repetition.h"

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

using namespace std::chrono_literals;
using base::Time;

TEST(Repetition, IsNotWantedWhereNothingIsLost) {
  Repetition repetition;
  EXPECT_FALSE(repetition.wanted(0, false, Time(1s)));
  EXPECT_FALSE(repetition.wanted(0.019, false, Time(2s))) << "a packet now and then";
}

TEST(Repetition, BeginsAtOnceAndIsGivenBackSomeSecondsAfterTheLoss) {
  Repetition repetition;
  EXPECT_TRUE(repetition.wanted(0.05, false, Time(1s)));
  EXPECT_TRUE(repetition.wanted(0.015, false, Time(2s))) << "there is still some";
  EXPECT_TRUE(repetition.wanted(0, false, Time(8s)));
  EXPECT_FALSE(repetition.wanted(0, false, Time(9s)));
}

TEST(Repetition, MakesNoCongestionWorse) {
  Repetition repetition;
  EXPECT_TRUE(repetition.wanted(0.05, false, Time(1s)));
  EXPECT_FALSE(repetition.wanted(0.05, true, Time(2s)));
  EXPECT_TRUE(repetition.wanted(0.05, false, Time(3s)));
}

}  // namespace
}  // namespace comcat::datagram
