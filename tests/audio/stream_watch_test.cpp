#include "audio/stream_watch.h"

#include <gtest/gtest.h>

namespace comcat::audio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = StreamWatch::State;

/// Looks every 100 ms at a device that calls every 10 ms until `dies_at`.
struct Rig {
  StreamWatch watch;
  base::Time now{seconds(5)};
  std::uint64_t calls = 0;

  State look_for(milliseconds time, bool calling) {
    State state = State::kRunning;
    for (milliseconds at{0}; at < time && state == State::kRunning; at += StreamWatch::kInterval) {
      now += StreamWatch::kInterval;
      if (calling) calls += 10;
      state = watch.look(now, calls, false);
    }
    return state;
  }
};

TEST(StreamWatch, ADeviceThatCallsIsAlive) {
  EXPECT_EQ(State::kRunning, Rig().look_for(seconds(60), true));
}

TEST(StreamWatch, TwoSecondsOfNothingIsTheEnd) {
  Rig rig;
  rig.look_for(seconds(10), true);
  EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(1'900), false));
  EXPECT_EQ(State::kSilent, rig.look_for(milliseconds(100), false));
}

TEST(StreamWatch, ADeviceThatNeverCallsIsNoticedToo) {
  Rig rig;
  EXPECT_EQ(State::kSilent, rig.look_for(milliseconds(2'100), false));
}

TEST(StreamWatch, AShortHangIsForgiven) {
  Rig rig;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(1'900), false));
    EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(100), true));
  }
}

TEST(StreamWatch, AStoppedProcessDoesNotBlameTheDevice) {
  Rig rig;
  rig.look_for(seconds(1), true);
  rig.now += seconds(3600);  // ^Z for an hour
  EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(1'000), false));
  EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(1'000), true));
}

TEST(StreamWatch, AFinishedStreamIsToldAtOnce) {
  EXPECT_EQ(State::kFinished, StreamWatch().look(base::Time{}, 7, true));
}

}  // namespace
}  // namespace comcat::audio
