#include "audio/pacer.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "audio/step_thread.h"

namespace comcat::audio {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

/// A pacer on a clock moved by hand, and how many blocks it asked for.
struct Rig {
  int blocks = 0;
  int wanted = 1'000'000;
  Pacer pacer{[this] { return ++blocks < wanted; }};
  const base::Time start{hours(100)};

  int at(base::Duration since_start) {
    const int before = blocks;
    next = pacer.step(start + since_start);
    return blocks - before;
  }
  std::optional<base::Time> next;
};

TEST(Pacer, TheFirstBlockIsDueAtOnce) {
  Rig rig;
  EXPECT_EQ(1, rig.at(milliseconds(0)));
  EXPECT_EQ(rig.start + milliseconds(10), rig.next);
}

TEST(Pacer, OneBlockForEachTenMilliseconds) {
  Rig rig;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(1, rig.at(milliseconds(10 * i)));
}

TEST(Pacer, AnEarlyWakingAsksForNothing) {
  Rig rig;
  rig.at(milliseconds(0));
  EXPECT_EQ(0, rig.at(microseconds(9'999)));
  EXPECT_EQ(1, rig.at(milliseconds(10)));
}

TEST(Pacer, LateWakingsDoNotAddUp) {
  Rig rig;
  for (int i = 0; i < 60'000; ++i) rig.at(milliseconds(10 * i) + microseconds(700 * (i % 10)));
  EXPECT_EQ(60'000, rig.blocks);
  EXPECT_EQ(rig.start + milliseconds(600'000), rig.next);
}

TEST(Pacer, BlocksThatFellDueMeanwhileAreMadeUp) {
  Rig rig;
  rig.at(milliseconds(0));
  EXPECT_EQ(5, rig.at(milliseconds(57)));
  EXPECT_EQ(rig.start + milliseconds(60), rig.next);
}

TEST(Pacer, AnHourOfSuspensionIsSkipped) {
  Rig rig;
  rig.at(milliseconds(0));
  EXPECT_EQ(101, rig.at(hours(1)));  // the backlog of 1 s, and what is due now
  EXPECT_EQ(rig.start + hours(1) + milliseconds(10), rig.next);
}

TEST(Pacer, EndsWhenNoMoreIsWanted) {
  Rig rig;
  rig.wanted = 3;
  EXPECT_EQ(1, rig.at(milliseconds(0)));
  EXPECT_EQ(2, rig.at(milliseconds(100)));
  EXPECT_EQ(std::nullopt, rig.next);
}

TEST(Pacer, ATurnMayBeAFrame) {
  int turns = 0;
  Pacer pacer([&] { return ++turns > 0; }, milliseconds(20));
  const base::Time start{hours(100)};
  EXPECT_EQ(start + milliseconds(20), pacer.step(start));
  EXPECT_EQ(start + milliseconds(20), pacer.step(start + milliseconds(10)));
  EXPECT_EQ(1, turns);
  EXPECT_EQ(start + milliseconds(60), pacer.step(start + milliseconds(57)));
  EXPECT_EQ(3, turns);
}

TEST(StepThread, StoppingDoesNotWaitForTheDeadline) {
  std::jthread thread = run_steps("test", [](base::Time now) { return now + hours(1); });
  thread.request_stop();
  thread.join();  // the test's timeout would tell
}

}  // namespace
}  // namespace comcat::audio
