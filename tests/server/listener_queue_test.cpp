#include "comcat/server/listener_queue.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;

constexpr base::Time kStart{std::chrono::seconds(1000)};

Payload payload(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// What one write takes, its parts parted by '|'.
std::string write(ListenerQueue& queue, base::Time now, bool batch = true) {
  std::string out;
  for (const Payload& part : queue.take(now, batch).parts) out += (out.empty() ? "" : "|") + *part;
  return out;
}

void release(ListenerQueue& queue) {
  EventJoiner joiner;
  queue.release_events(joiner);
}

TEST(ListenerQueue, AllThatWaitsLeavesInOneMessage) {
  ListenerQueue queue(milliseconds(200));
  queue.push_voice(payload("a"), kStart);
  queue.push_voice(payload("b"), kStart + milliseconds(20));
  EXPECT_EQ("a|b", write(queue, kStart + milliseconds(30)));
  EXPECT_FALSE(queue.ready());
}

TEST(ListenerQueue, AListenerWhoKnowsNoBatchesGetsOneFrameAtATime) {
  ListenerQueue queue(milliseconds(200));
  queue.push_voice(payload("a"), kStart);
  queue.push_voice(payload("b"), kStart);
  EXPECT_EQ("a", write(queue, kStart, false));
  EXPECT_EQ("b", write(queue, kStart, false));
  EXPECT_EQ("", write(queue, kStart, false));
}

TEST(ListenerQueue, ASlowListenerLosesTheOldestVoiceAndHearsTheNewest) {
  ListenerQueue queue(milliseconds(60));
  for (int i = 0; i < 10; ++i) {
    queue.push_voice(payload(std::to_string(i)), kStart + i * milliseconds(20));
  }
  EXPECT_EQ("6|7|8|9", write(queue, kStart + milliseconds(180)));
  EXPECT_EQ(6U, queue.dropped_frames());
}

TEST(ListenerQueue, VoiceThatGotOldInTheQueueIsNotWritten) {
  ListenerQueue queue(milliseconds(200));
  queue.push_voice(payload("before"), kStart);
  queue.push_voice(payload("now"), kStart + milliseconds(150));
  EXPECT_EQ("now", write(queue, kStart + milliseconds(300)));
  queue.push_voice(payload("stalled"), kStart + milliseconds(300));
  EXPECT_EQ("", write(queue, kStart + std::chrono::seconds(3)));
  EXPECT_EQ(2U, queue.dropped_frames());
}

TEST(ListenerQueue, TheCapacityIsTimeHoweverShortTheFrames) {
  // The original's 200 messages a second fill no more seconds than ours at 50.
  ListenerQueue queue(milliseconds(200));
  base::Time now = kStart;
  for (int i = 0; i < 1000; ++i, now += milliseconds(5)) queue.push_voice(payload("x"), now);
  EXPECT_LE(queue.oldest_age(now), milliseconds(205));
  EXPECT_LE(queue.take(now, true).frames, 41U);
}

TEST(ListenerQueue, AStalledListenerCostsABoundedNumberOfBytes) {
  ListenerQueue queue(milliseconds(200));
  for (int i = 0; i < 10'000; ++i) queue.push_voice(payload(std::string(1200, 'x')), kStart);
  std::size_t bytes = 0;
  for (const Payload& part : queue.take(kStart, true).parts) bytes += part->size();
  EXPECT_LE(bytes, ListenerQueue::kMaxVoiceBytes);
  EXPECT_GT(bytes, ListenerQueue::kMaxVoiceBytes - 1200);
}

TEST(ListenerQueue, ControlMessagesGoBeforeVoiceOneAtATimeAndInOrder) {
  ListenerQueue queue(milliseconds(200));
  queue.push_voice(payload("voice"), kStart);
  EXPECT_TRUE(queue.push_control(payload("one")));
  EXPECT_TRUE(queue.push_control(payload("two")));
  EXPECT_EQ("one", write(queue, kStart));
  EXPECT_EQ("two", write(queue, kStart));
  EXPECT_EQ("voice", write(queue, kStart));
}

TEST(ListenerQueue, ControlMessagesAreNeverDroppedHoweverOldTheyGet) {
  ListenerQueue queue(milliseconds(200));
  EXPECT_TRUE(queue.push_control(payload("joined")));
  EXPECT_EQ("joined", write(queue, kStart + std::chrono::hours(1)));
  EXPECT_EQ(0U, queue.dropped_frames());
}

TEST(ListenerQueue, TooManyControlMessagesAreRefusedRatherThanDropped) {
  ListenerQueue queue(milliseconds(200));
  std::size_t taken = 0;
  while (queue.push_control(payload(std::to_string(taken)))) ++taken;
  EXPECT_LE(taken, ListenerQueue::kMaxControlBytes / ListenerQueue::kOverheadBytes);
  EXPECT_GE(taken, 128U);
  for (std::size_t i = 0; i < taken; ++i) EXPECT_EQ(std::to_string(i), write(queue, kStart));
  EXPECT_FALSE(queue.ready());
}

TEST(ListenerQueue, TheOldestTextsGoAndAreCounted) {
  ListenerQueue queue(milliseconds(200));
  for (int i = 0; i < 20; ++i)
    queue.push_text(payload(std::to_string(10 + i) + std::string(1998, 't')));
  std::size_t left = 0;
  for (; queue.ready(); ++left)
    EXPECT_EQ(std::to_string(30 - 5 + left), write(queue, kStart).substr(0, 2));
  EXPECT_EQ(5U, left);
  EXPECT_EQ(15U, queue.take_missed_texts());
  EXPECT_EQ(0U, queue.take_missed_texts());
}

TEST(ListenerQueue, TextsAndVoiceTakeTurns) {
  ListenerQueue queue(milliseconds(200));
  queue.push_text(payload("one"));
  queue.push_text(payload("two"));
  queue.push_voice(payload("voice"), kStart);
  EXPECT_EQ("voice", write(queue, kStart));
  queue.push_voice(payload("voice"), kStart);
  EXPECT_EQ("one", write(queue, kStart));
  EXPECT_EQ("voice", write(queue, kStart));
  EXPECT_EQ("two", write(queue, kStart));
}

TEST(ListenerQueue, LargeControlMessagesAreBoundedInBytesToo) {
  ListenerQueue queue(milliseconds(200));
  std::size_t bytes = 0;
  while (queue.push_control(payload(std::string(2000, 't')))) bytes += 2000;
  EXPECT_LE(bytes, ListenerQueue::kMaxControlBytes);
  EXPECT_EQ(2000U, write(queue, kStart).size());
  EXPECT_TRUE(queue.push_control(payload(std::string(2000, 't'))));
}

TEST(ListenerQueue, OneMessageGoesThroughHoweverLarge) {
  // The welcome to a room of a thousand.
  ListenerQueue queue(milliseconds(200));
  EXPECT_TRUE(queue.push_control(payload(std::string(200'000, 'w'))));
  EXPECT_FALSE(queue.push_control(payload("another")));
  EXPECT_EQ(200'000U, write(queue, kStart).size());
  EXPECT_TRUE(queue.push_control(payload("another")));
}

TEST(ListenerQueue, ClearingVoiceKeepsControlAndStartsCountingAnew) {
  ListenerQueue queue(milliseconds(200));
  queue.push_voice(payload(std::string(ListenerQueue::kMaxVoiceBytes, 'x')), kStart);
  EXPECT_TRUE(queue.push_control(payload("left")));
  queue.clear_voice();
  queue.push_voice(payload("fresh"), kStart);
  EXPECT_EQ("left", write(queue, kStart));
  EXPECT_EQ("fresh", write(queue, kStart));
}

TEST(ListenerQueue, EventsWaitUntilTheyAreReleasedAndLeaveInOneMessage) {
  ListenerQueue queue(milliseconds(200));
  EXPECT_FALSE(queue.push_event(payload("joined ")));
  EXPECT_FALSE(queue.push_event(payload("left")));
  EXPECT_FALSE(queue.ready());
  queue.push_voice(payload("voice"), kStart);
  EXPECT_EQ("voice", write(queue, kStart));
  release(queue);
  EXPECT_TRUE(queue.ready());
  EXPECT_EQ("joined left", write(queue, kStart));
  EXPECT_FALSE(queue.ready());
}

TEST(ListenerQueue, EventsThatSeveralAreToldAreJoinedOnce) {
  ListenerQueue an(milliseconds(200));
  ListenerQueue bo(milliseconds(200));
  ListenerQueue late(milliseconds(200));
  const Payload joined = payload("joined ");
  const Payload left = payload("left");
  for (ListenerQueue* queue : {&an, &bo}) std::ignore = queue->push_event(joined);
  for (ListenerQueue* queue : {&an, &bo, &late}) std::ignore = queue->push_event(left);
  EventJoiner joiner;
  for (ListenerQueue* queue : {&an, &bo, &late}) queue->release_events(joiner);
  const auto to_an = an.take(kStart, true);
  const auto to_bo = bo.take(kStart, true);
  EXPECT_EQ("joined left", *to_an.parts.at(0));
  EXPECT_EQ(to_an.parts, to_bo.parts);
  EXPECT_TRUE(to_an.shared);
  EXPECT_EQ("left", write(late, kStart));
}

TEST(ListenerQueue, ReleasingNoEventsDoesNotReleaseTheNext) {
  ListenerQueue queue(milliseconds(200));
  release(queue);
  EXPECT_FALSE(queue.push_event(payload("joined")));
  EXPECT_FALSE(queue.ready());
}

TEST(ListenerQueue, ManyEventsAskToBeReleasedBeforeAnyIsLost) {
  ListenerQueue queue(milliseconds(200));
  while (!queue.push_event(payload("joined"))) {
  }
  EXPECT_FALSE(queue.behind());
}

TEST(ListenerQueue, WhoMissedEventsIsToldWhoIsThereInTheirPlace) {
  ListenerQueue queue(milliseconds(200));
  for (int i = 0; i < 10'000; ++i) std::ignore = queue.push_event(payload("joined"));
  EXPECT_TRUE(queue.behind());
  release(queue);
  EXPECT_FALSE(queue.ready());
  queue.catch_up(payload(std::string(200'000, 'r')));  // of a room of a thousand
  EXPECT_FALSE(queue.behind());
  EXPECT_EQ(200'000U, write(queue, kStart).size());
  EXPECT_FALSE(queue.push_event(payload("left")));
  release(queue);
  EXPECT_EQ("left", write(queue, kStart));
}

TEST(ListenerQueue, ControlMessagesGoBeforeEvents) {
  ListenerQueue queue(milliseconds(200));
  EXPECT_FALSE(queue.push_event(payload("event")));
  release(queue);
  EXPECT_TRUE(queue.push_control(payload("welcome")));
  EXPECT_EQ("welcome", write(queue, kStart));
  EXPECT_EQ("event", write(queue, kStart));
}

TEST(ListenerQueue, WhoLeftARoomHearsAndLearnsNothingMoreOfIt) {
  ListenerQueue queue(milliseconds(200));
  queue.push_voice(payload("voice"), kStart);
  EXPECT_FALSE(queue.push_event(payload("joined")));
  release(queue);
  EXPECT_TRUE(queue.push_control(payload("outcome")));
  queue.clear_room();
  EXPECT_EQ("outcome", write(queue, kStart));
  EXPECT_FALSE(queue.ready());
}

}  // namespace
}  // namespace comcat::server
