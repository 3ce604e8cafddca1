#include "comcat/transport/easing.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::Time;

/// Someone who speaks all the time, in frames of 20 ms.
class Speaker {
 public:
  /// What leaves meanwhile waits in such a queue. The step afterwards.
  unsigned speak(Duration time, Duration queue) {
    unsigned step = 0;
    for (const Time end = now_ + time; now_ < end; now_ += 20ms) step = easing_.step(queue, now_);
    return step;
  }
  [[nodiscard]] unsigned step_now(Duration queue) { return easing_.step(queue, now_); }
  void pause(Duration time) { now_ += time; }

 private:
  Easing easing_;
  Time now_{Time(100s)};
};

TEST(Easing, SendsAllOnAWayThatIsWideEnough) {
  Speaker speaker;
  EXPECT_EQ(0U, speaker.speak(60s, 30ms));
}

TEST(Easing, LetsAHiccupPass) {
  Speaker speaker;
  speaker.speak(5s, 0ms);
  EXPECT_EQ(0U, speaker.speak(280ms, 400ms));
  EXPECT_EQ(0U, speaker.speak(10s, 0ms));
}

TEST(Easing, GoesDownStepByStepWhileAQueueStaysLong) {
  Speaker speaker;
  EXPECT_EQ(1U, speaker.speak(400ms, 100ms));
  EXPECT_EQ(2U, speaker.speak(300ms, 100ms));
  EXPECT_EQ(Easing::kSteps, speaker.speak(5s, 100ms));
}

TEST(Easing, GoesDownAtOnceWhereTheWayIsFarTooNarrow) {
  Speaker speaker;
  EXPECT_EQ(Easing::kSteps, speaker.speak(400ms, 300ms));
}

TEST(Easing, GoesDownAtOnceWhereTheQueueKeepsGrowing) {
  Speaker speaker;
  EXPECT_EQ(0U, speaker.speak(200ms, 140ms));
  EXPECT_EQ(Easing::kSteps, speaker.speak(200ms, 240ms));
}

TEST(Easing, GivesAllBackWithin20SecondsOnceThereIsRoom) {
  Speaker speaker;
  ASSERT_EQ(Easing::kSteps, speaker.speak(400ms, 300ms));
  EXPECT_EQ(Easing::kSteps, speaker.speak(3800ms, 0ms));
  EXPECT_EQ(Easing::kSteps - 1, speaker.speak(400ms, 0ms));
  EXPECT_EQ(0U, speaker.speak(14s, 0ms));
}

TEST(Easing, TriesMoreRarelyWhereATryFailed) {
  Speaker speaker;
  speaker.speak(400ms, 300ms);
  ASSERT_EQ(Easing::kSteps - 1, speaker.speak(4200ms, 0ms));
  ASSERT_EQ(Easing::kSteps, speaker.speak(400ms, 100ms)) << "one step was too much";
  EXPECT_EQ(Easing::kSteps, speaker.speak(7800ms, 0ms));
  EXPECT_EQ(Easing::kSteps - 1, speaker.speak(400ms, 0ms));
  EXPECT_EQ(0U, speaker.speak(11s, 0ms)) << "and is back within 20 s all the same";
}

TEST(Easing, AfterALongPauseSendsAll) {
  Speaker speaker;
  speaker.speak(400ms, 300ms);
  speaker.speak(100ms, 0ms);
  speaker.pause(30s);
  EXPECT_EQ(0U, speaker.step_now(0ms));
}

}  // namespace
}  // namespace comcat::transport
