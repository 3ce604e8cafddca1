#include "comcat/playout/sample_queue.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

/// The samples first, first + 1, ...
std::vector<float> ramp(std::size_t count, float first = 1) {
  std::vector<float> out(count);
  std::iota(out.begin(), out.end(), first);
  return out;
}

std::vector<float> waiting(const SampleQueue& queue) {
  return {queue.waiting().begin(), queue.waiting().end()};
}

std::vector<float> history(const SampleQueue& queue) {
  return {queue.history().begin(), queue.history().end()};
}

std::vector<float> pop(SampleQueue& queue, std::size_t count) {
  std::vector<float> out(count);
  queue.pop(out);
  return out;
}

TEST(SampleQueue, WhatIsPushedComesOutInOrder) {
  SampleQueue queue;
  EXPECT_EQ(0U, queue.ahead());
  queue.push(ramp(3));
  queue.push(ramp(2, 4));
  EXPECT_EQ(5U, queue.ahead());
  EXPECT_EQ(ramp(2), pop(queue, 2));
  EXPECT_EQ(ramp(3, 3), waiting(queue));
  EXPECT_EQ(ramp(3, 3), pop(queue, 3));
  EXPECT_EQ(0U, queue.ahead());
}

TEST(SampleQueue, BeforeAnythingWasPlayedTheHistoryIsSilence) {
  SampleQueue queue;
  queue.push(ramp(10));
  EXPECT_EQ(std::vector<float>(SampleQueue::kHistorySamples), history(queue));
}

TEST(SampleQueue, TheHistoryIsWhatWasPlayedLastHoweverMuchThatWas) {
  SampleQueue queue;
  float next = 1;
  for (int i = 0; i < 100; ++i, next += 480) {  // compacted on the way
    queue.push(ramp(480, next));
    EXPECT_EQ(ramp(480, next), pop(queue, 480));
  }
  EXPECT_EQ(ramp(960, next - 960), history(queue));
}

TEST(SampleQueue, WhatIsRemovedHasNeverBeen) {
  SampleQueue queue;
  queue.push(ramp(1000));
  std::ignore = pop(queue, 960);
  queue.remove(10, std::vector<float>{-1, -2});
  std::vector<float> left = ramp(30, 971);
  left[0] = -1;
  left[1] = -2;
  EXPECT_EQ(left, waiting(queue));
  EXPECT_EQ(ramp(960), history(queue)) << "what was heard, not what was left out";
}

TEST(SampleQueue, WhatIsPrependedComesFirst) {
  SampleQueue queue;
  queue.push(ramp(970));
  std::ignore = pop(queue, 960);
  queue.prepend(std::vector<float>{-3, -2, -1});
  EXPECT_EQ((std::vector<float>{-3, -2, -1}), pop(queue, 3));
  EXPECT_EQ(ramp(10, 961), waiting(queue));
}

TEST(SampleQueue, TheFrontIsReplacedInPlace) {
  SampleQueue queue;
  queue.push(ramp(4));
  queue.replace_front(std::vector<float>{-1, -2});
  EXPECT_EQ((std::vector<float>{-1, -2, 3, 4}), waiting(queue));
}

}  // namespace
}  // namespace comcat::playout
