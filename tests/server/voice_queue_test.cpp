#include "comcat/server/voice_queue.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/payload.h"

namespace comcat::server {
namespace {

using std::chrono::milliseconds;

constexpr base::Time kStart{std::chrono::seconds(1000)};

/// All that may still be heard at `now`.
std::vector<Payload> take(VoiceQueue& queue, base::Time now) {
  std::vector<Payload> frames;
  for (queue.drop_old(now); !queue.empty();) frames.push_back(queue.pop());
  return frames;
}

TEST(VoiceQueue, ASlowListenerLosesTheOldestVoiceAndHearsTheNewest) {
  VoiceQueue queue(milliseconds(60));
  for (int i = 0; i < 10; ++i) {
    queue.push(payload(std::to_string(i)), kStart + i * milliseconds(20));
  }
  EXPECT_EQ("6|7|8|9", joined(take(queue, kStart + milliseconds(180))));
  EXPECT_EQ(6U, queue.dropped());
}

TEST(VoiceQueue, VoiceThatGotOldInTheQueueIsNotWritten) {
  VoiceQueue queue(milliseconds(200));
  queue.push(payload("before"), kStart);
  queue.push(payload("now"), kStart + milliseconds(150));
  EXPECT_EQ("now", joined(take(queue, kStart + milliseconds(300))));
  queue.push(payload("stalled"), kStart + milliseconds(300));
  EXPECT_EQ("", joined(take(queue, kStart + std::chrono::seconds(3))));
  EXPECT_EQ(2U, queue.dropped());
}

TEST(VoiceQueue, TheCapacityIsTimeHoweverShortTheFrames) {
  // The original's 200 messages a second fill no more seconds than ours at 50.
  VoiceQueue queue(milliseconds(200));
  base::Time now = kStart;
  for (int i = 0; i < 1000; ++i, now += milliseconds(5)) queue.push(payload("x"), now);
  EXPECT_LE(queue.oldest_age(now), milliseconds(205));
  EXPECT_LE(take(queue, now).size(), 41U);
}

TEST(VoiceQueue, AStalledListenerCostsABoundedNumberOfBytes) {
  VoiceQueue queue(milliseconds(200));
  for (int i = 0; i < 10'000; ++i) queue.push(payload(std::string(1200, 'x')), kStart);
  std::size_t bytes = 0;
  for (const Payload& part : take(queue, kStart)) bytes += part->size();
  EXPECT_LE(bytes, VoiceQueue::kMaxBytes);
  EXPECT_GT(bytes, VoiceQueue::kMaxBytes - 1200);
}

TEST(VoiceQueue, WhatIsForgottenIsNotCountedAsDropped) {
  VoiceQueue queue(milliseconds(200));
  queue.push(payload(std::string(VoiceQueue::kMaxBytes, 'x')), kStart);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(milliseconds(0), queue.oldest_age(kStart + milliseconds(20)));
  queue.push(payload("fresh"), kStart + milliseconds(20));
  EXPECT_EQ(milliseconds(5), queue.oldest_age(kStart + milliseconds(25)));
  EXPECT_EQ("fresh", joined(take(queue, kStart + milliseconds(25))));
  EXPECT_EQ(0U, queue.dropped());
}

}  // namespace
}  // namespace comcat::server
