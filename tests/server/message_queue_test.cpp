#include "comcat/server/message_queue.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "server/payload.h"

namespace comcat::server {
namespace {

/// What one write takes: one control message, else all events, else one text.
std::string write(MessageQueue& queue) {
  if (const Payload control = queue.take_control()) return *control;
  const std::vector<Payload> events = queue.take_events();
  if (!events.empty()) return joined(events);
  const Payload text = queue.take_text();
  return text ? *text : "";
}

void release(MessageQueue& queue) {
  EventJoiner joiner;
  queue.release_events(joiner);
}

TEST(MessageQueue, AControlMessageStaysUntilItIsTaken) {
  MessageQueue queue;
  EXPECT_TRUE(queue.push_control(payload("joined")));
  EXPECT_EQ("joined", write(queue));
}

TEST(MessageQueue, TooManyControlMessagesAreRefusedRatherThanDropped) {
  MessageQueue queue;
  std::size_t taken = 0;
  while (queue.push_control(payload(std::to_string(taken)))) ++taken;
  EXPECT_LE(taken, MessageQueue::kMaxControlBytes / MessageQueue::kOverheadBytes);
  EXPECT_GE(taken, 128U);
  for (std::size_t i = 0; i < taken; ++i) EXPECT_EQ(std::to_string(i), write(queue));
  EXPECT_FALSE(queue.ready());
}

TEST(MessageQueue, TheOldestTextsGoAndAreCounted) {
  MessageQueue queue;
  for (int i = 0; i < 20; ++i)
    queue.push_text(payload(std::to_string(10 + i) + std::string(1998, 't')));
  std::size_t left = 0;
  for (; queue.ready(); ++left) EXPECT_EQ(std::to_string(30 - 5 + left), write(queue).substr(0, 2));
  EXPECT_EQ(5U, left);
  EXPECT_EQ(15U, queue.take_missed_texts());
  EXPECT_EQ(0U, queue.take_missed_texts());
}

TEST(MessageQueue, LargeControlMessagesAreBoundedInBytesToo) {
  MessageQueue queue;
  std::size_t bytes = 0;
  while (queue.push_control(payload(std::string(2000, 't')))) bytes += 2000;
  EXPECT_LE(bytes, MessageQueue::kMaxControlBytes);
  EXPECT_EQ(2000U, write(queue).size());
  EXPECT_TRUE(queue.push_control(payload(std::string(2000, 't'))));
}

TEST(MessageQueue, OneMessageGoesThroughHoweverLargeAndTheAnswersBesideItToo) {
  // The welcome to a room of a thousand.
  MessageQueue queue;
  EXPECT_TRUE(queue.push_control(payload(std::string(200'000, 'w'))));
  EXPECT_TRUE(queue.push_control(payload("muted")));
  EXPECT_FALSE(queue.push_control(payload(std::string(200'000, 'r')))) << "a second one";
  std::size_t bytes = 0;
  while (queue.push_control(payload(std::string(1000, 't')))) bytes += 1000;
  EXPECT_LE(bytes, MessageQueue::kMaxControlBytes);
  EXPECT_EQ(200'000U, write(queue).size());
  EXPECT_EQ("muted", write(queue));
  EXPECT_TRUE(queue.push_control(payload(std::string(200'000, 'w')))) << "of the next room";
}

TEST(MessageQueue, EventsWaitUntilTheyAreReleasedAndLeaveInOneMessage) {
  MessageQueue queue;
  EXPECT_FALSE(queue.push_event(payload("joined ")));
  EXPECT_FALSE(queue.push_event(payload("left")));
  EXPECT_FALSE(queue.ready());
  EXPECT_EQ("", write(queue));
  release(queue);
  EXPECT_TRUE(queue.ready());
  EXPECT_EQ("joined left", write(queue));
  EXPECT_FALSE(queue.ready());
}

TEST(MessageQueue, EventsThatSeveralAreToldAreJoinedOnce) {
  MessageQueue an;
  MessageQueue bo;
  MessageQueue late;
  const Payload joined = payload("joined ");
  const Payload left = payload("left");
  for (MessageQueue* queue : {&an, &bo}) std::ignore = queue->push_event(joined);
  for (MessageQueue* queue : {&an, &bo, &late}) std::ignore = queue->push_event(left);
  EventJoiner joiner;
  for (MessageQueue* queue : {&an, &bo, &late}) queue->release_events(joiner);
  const auto to_an = an.take_events();
  const auto to_bo = bo.take_events();
  EXPECT_EQ("joined left", *to_an.at(0));
  EXPECT_EQ(to_an, to_bo);
  EXPECT_EQ("left", write(late));
}

TEST(MessageQueue, ReleasingNoEventsDoesNotReleaseTheNext) {
  MessageQueue queue;
  release(queue);
  EXPECT_FALSE(queue.push_event(payload("joined")));
  EXPECT_FALSE(queue.ready());
}

TEST(MessageQueue, ManyEventsAskToBeReleasedBeforeAnyIsLost) {
  MessageQueue queue;
  while (!queue.push_event(payload("joined"))) {
  }
  EXPECT_FALSE(queue.behind());
}

TEST(MessageQueue, WhoMissedEventsIsToldWhoIsThereInTheirPlace) {
  MessageQueue queue;
  for (int i = 0; i < 10'000; ++i) std::ignore = queue.push_event(payload("joined"));
  EXPECT_TRUE(queue.behind());
  release(queue);
  EXPECT_FALSE(queue.ready());
  queue.catch_up(payload(std::string(200'000, 'r')));  // of a room of a thousand
  EXPECT_FALSE(queue.behind());
  EXPECT_EQ(200'000U, write(queue).size());
  EXPECT_FALSE(queue.push_event(payload("left")));
  release(queue);
  EXPECT_EQ("left", write(queue));
}

}  // namespace
}  // namespace comcat::server
