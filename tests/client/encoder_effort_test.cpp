// When the encoder thinks less, and when more again.

#include "comcat/client/encoder_effort.h"

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

class Effort : public ::testing::Test {
 protected:
  /// So much speech, of which encoding takes `share`.
  void speak(std::chrono::milliseconds length, double share) {
    constexpr std::chrono::milliseconds kFrame{20};
    for (std::chrono::milliseconds at{}; at < length; at += kFrame) {
      effort_.note(std::chrono::duration_cast<std::chrono::nanoseconds>(kFrame * share), kFrame);
    }
  }
  EncoderEffort effort_;
};

TEST_F(Effort, IsAllOfItWhereTheMachineIsFastEnough) {
  speak(60s, 0.05);
  EXPECT_EQ(0, effort_.reduced());
  EXPECT_NEAR(0.05, effort_.share(), 0.001);
}

TEST_F(Effort, GoesDownStepByStepUntilItIsLittleEnough) {
  speak(500ms, 0.6);
  EXPECT_EQ(1, effort_.reduced());
  speak(500ms, 0.4);
  EXPECT_EQ(2, effort_.reduced());
  speak(10s, 0.2);
  EXPECT_EQ(2, effort_.reduced()) << "enough, and no room to go up";
}

TEST_F(Effort, EndsAtTheLeast) {
  speak(60s, 0.9);
  EXPECT_EQ(EncoderEffort::kSteps, effort_.reduced());
}

TEST_F(Effort, ASingleSlowFrameChangesNothing) {
  speak(2s, 0.05);
  effort_.note(60ms, 20ms);
  speak(480ms, 0.05);
  EXPECT_EQ(0, effort_.reduced());
}

TEST_F(Effort, ComesBackAStepAtATimeAfterLongCalm) {
  speak(1s, 0.6);
  ASSERT_EQ(2, effort_.reduced());
  speak(19s, 0.05);
  EXPECT_EQ(2, effort_.reduced());
  speak(2s, 0.05);
  EXPECT_EQ(1, effort_.reduced());
  speak(21s, 0.05);
  EXPECT_EQ(0, effort_.reduced());
}

TEST_F(Effort, ThatWasTakenBackAtOnceComesBackLater) {
  speak(500ms, 0.6);
  speak(20s, 0.05);
  ASSERT_EQ(0, effort_.reduced());
  speak(500ms, 0.6);
  ASSERT_EQ(1, effort_.reduced());
  speak(21s, 0.05);
  EXPECT_EQ(1, effort_.reduced()) << "twice as long this time";
  speak(20s, 0.05);
  EXPECT_EQ(0, effort_.reduced());
}

}  // namespace
}  // namespace comcat::client
