#include "audio/stream_watch.h"

#include <gtest/gtest.h>

namespace comcat::audio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = StreamWatch::State;

/// Looks every 100 ms at a device that calls every 10 ms, for a block each, while it calls.
struct Rig {
  StreamWatch watch;
  base::Time now{seconds(5)};
  StreamWatch::Signs signs;
  int speed = 1;
  milliseconds cpu_each_look{2};

  State look_for(milliseconds time, bool calling) {
    State state = State::kRunning;
    for (milliseconds at{0}; at < time && state == State::kRunning; at += StreamWatch::kInterval) {
      now += StreamWatch::kInterval;
      if (calling) signs.calls += 10;
      if (calling) signs.samples += static_cast<std::uint64_t>(4800 * speed);
      signs.cpu_time += cpu_each_look;
      state = watch.look(now, signs);
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
  EXPECT_EQ(State::kSilent, rig.look_for(milliseconds(5'100), false));
}

TEST(StreamWatch, ADeviceThatBeginsAfterSecondsIsWaitedFor) {
  Rig rig;
  rig.look_for(milliseconds(100), true);  // as much as a library asks for before it begins
  EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(4'000), false));
  EXPECT_EQ(State::kRunning, rig.look_for(seconds(1), true));
  EXPECT_EQ(State::kSilent, rig.look_for(milliseconds(2'100), false)) << "it has begun";
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
  rig.signs.samples += 3600 * 48'000ULL;
  EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(1'000), false));
  EXPECT_EQ(State::kRunning, rig.look_for(milliseconds(1'000), true));
}

TEST(StreamWatch, AFinishedStreamIsToldAtOnce) {
  StreamWatch::Signs signs;
  signs.calls = 7;
  signs.finished = true;
  EXPECT_EQ(State::kFinished, StreamWatch().look(base::Time{}, signs));
}

TEST(StreamWatch, ALibraryThatKeepsAProcessorBusyIsNoticedWithinTwoSecondsOrFour) {
  Rig rig;
  rig.look_for(seconds(11), true);
  rig.cpu_each_look = milliseconds(99);
  EXPECT_EQ(State::kSpinning, rig.look_for(seconds(4), true));
}

TEST(StreamWatch, ADeviceWithoutAClockIsNoticed) {
  Rig rig;
  rig.speed = 100;
  EXPECT_EQ(State::kSpinning, rig.look_for(milliseconds(2'100), true));
}

TEST(StreamWatch, ADeviceThatTakesMuchAtItsStartIsNone) {
  Rig rig;
  rig.signs.samples = 96'000;
  EXPECT_EQ(State::kRunning, rig.look_for(seconds(10), true));
}

}  // namespace
}  // namespace comcat::audio
