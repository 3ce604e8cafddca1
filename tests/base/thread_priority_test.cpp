#include "comcat/base/thread_priority.h"

#include <thread>

#include <gtest/gtest.h>
#include <sched.h>

namespace comcat::base {
namespace {

int policy_of_this_thread() {
  return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
}

TEST(ThreadPriority, IsRealTimeWhereTheSystemGrantsItAndThenForThisThreadAlone) {
  const RealtimeThreads before = realtime_threads();
  bool granted = false;
  int own = SCHED_OTHER;
  int inherited = SCHED_FIFO;
  std::thread([&] {
    granted = ask_for_realtime_priority();
    own = policy_of_this_thread();
    std::thread([&] { inherited = policy_of_this_thread(); }).join();
  }).join();
  EXPECT_EQ(granted ? SCHED_FIFO : SCHED_OTHER, own);
  EXPECT_EQ(SCHED_OTHER, inherited);
  EXPECT_EQ(before.asked + 1, realtime_threads().asked);
  EXPECT_EQ(before.granted + (granted ? 1 : 0), realtime_threads().granted);
}

TEST(ThreadPriority, WhoHasItKeepsIt) {
  std::thread([] {
    if (!ask_for_realtime_priority()) GTEST_SKIP() << "the system does not grant it";
    EXPECT_TRUE(ask_for_realtime_priority());
    EXPECT_EQ(SCHED_FIFO, policy_of_this_thread());
  }).join();
}

}  // namespace
}  // namespace comcat::base
