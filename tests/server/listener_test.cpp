#include "comcat/server/listener.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "server/payload.h"

namespace comcat::server {
namespace {

using std::chrono::milliseconds;

constexpr base::Time kStart{std::chrono::seconds(1000)};

class CountingLink final : public Link {
 public:
  void wake() override { ++woken; }
  void close(const absl::Status& /*status*/) override {}

  int woken = 0;
};

struct TestListener {
  CountingLink link;
  Listener listener{link, milliseconds(200)};

  TestListener() { listener.takes_batches = true; }
  void release() {
    EventJoiner joiner;
    listener.messages.release_events(joiner);
  }
  /// What one write takes, its parts parted by '|'.
  std::string write(base::Time now = kStart) { return joined(listener.take(now).parts); }
};

TEST(Listener, AllThatWaitsLeavesInOneMessage) {
  TestListener an;
  an.listener.voice.push(payload("a"), kStart);
  an.listener.voice.push(payload("b"), kStart + milliseconds(20));
  EXPECT_EQ("a|b", an.write(kStart + milliseconds(30)));
  EXPECT_FALSE(an.listener.ready());
}

TEST(Listener, AListenerWhoKnowsNoBatchesGetsOneFrameAtATime) {
  TestListener an;
  an.listener.takes_batches = false;
  an.listener.voice.push(payload("a"), kStart);
  an.listener.voice.push(payload("b"), kStart);
  EXPECT_EQ("a", an.write());
  EXPECT_EQ("b", an.write());
  EXPECT_EQ("", an.write());
}

TEST(Listener, ControlMessagesGoBeforeVoiceOneAtATimeAndInOrder) {
  TestListener an;
  an.listener.voice.push(payload("voice"), kStart);
  EXPECT_TRUE(an.listener.messages.push_control(payload("one")));
  EXPECT_TRUE(an.listener.messages.push_control(payload("two")));
  EXPECT_EQ("one", an.write());
  EXPECT_EQ("two", an.write());
  EXPECT_EQ("voice", an.write());
}

TEST(Listener, TextsAndVoiceTakeTurns) {
  TestListener an;
  an.listener.messages.push_text(payload("one"));
  an.listener.messages.push_text(payload("two"));
  an.listener.voice.push(payload("voice"), kStart);
  EXPECT_EQ("voice", an.write());
  an.listener.voice.push(payload("voice"), kStart);
  EXPECT_EQ("one", an.write());
  EXPECT_EQ("voice", an.write());
  EXPECT_EQ("two", an.write());
}

TEST(Listener, ClearingVoiceKeepsControlAndStartsCountingAnew) {
  TestListener an;
  an.listener.voice.push(payload(std::string(VoiceQueue::kMaxBytes, 'x')), kStart);
  EXPECT_TRUE(an.listener.messages.push_control(payload("left")));
  an.listener.voice.clear();
  an.listener.voice.push(payload("fresh"), kStart);
  EXPECT_EQ("left", an.write());
  EXPECT_EQ("fresh", an.write());
}

TEST(Listener, ControlMessagesGoBeforeEvents) {
  TestListener an;
  EXPECT_FALSE(an.listener.messages.push_event(payload("event")));
  an.release();
  EXPECT_TRUE(an.listener.messages.push_control(payload("welcome")));
  EXPECT_EQ("welcome", an.write());
  EXPECT_EQ("event", an.write());
}

TEST(Listener, EventsThatAreNotReleasedHoldNoVoiceBack) {
  TestListener an;
  EXPECT_FALSE(an.listener.messages.push_event(payload("joined")));
  EXPECT_FALSE(an.listener.ready());
  an.listener.voice.push(payload("voice"), kStart);
  EXPECT_EQ("voice", an.write());
  an.release();
  EXPECT_EQ("joined", an.write());
}

TEST(Listener, ControlMessagesAreNeverDroppedHoweverOldTheyGet) {
  TestListener an;
  an.listener.send(payload("joined"));
  EXPECT_EQ("joined", an.write(kStart + std::chrono::hours(1)));
  EXPECT_EQ(0U, an.listener.voice.dropped());
}

TEST(Listener, AllButControlMessagesIsSharedWithOthers) {
  TestListener an;
  an.listener.send(payload("welcome"));
  EXPECT_FALSE(an.listener.take(kStart).shared);
  EXPECT_FALSE(an.listener.messages.push_event(payload("event")));
  an.release();
  EXPECT_TRUE(an.listener.take(kStart).shared);
  an.listener.voice.push(payload("voice"), kStart);
  const StreamMessage voice = an.listener.take(kStart);
  EXPECT_TRUE(voice.shared);
  EXPECT_EQ(1U, voice.frames);
}

TEST(Listener, WhoLeftARoomHearsAndLearnsNothingMoreOfIt) {
  TestListener an;
  an.listener.voice.push(payload("voice"), kStart);
  EXPECT_FALSE(an.listener.messages.push_event(payload("joined")));
  an.release();
  EXPECT_TRUE(an.listener.messages.push_control(payload("outcome")));
  an.listener.leave_room();
  EXPECT_EQ("outcome", an.write());
  EXPECT_FALSE(an.listener.ready());
}

TEST(Listener, IsWokenForWhatMustArriveAndOverflowsWhereThereIsNoRoomForIt) {
  TestListener an;
  int sent = 0;
  for (; !an.listener.overflowed; ++sent) an.listener.send(payload(std::string(2000, 'c')));
  EXPECT_EQ(sent - 1, an.link.woken);
  for (; an.listener.ready(); --sent) EXPECT_EQ(2000U, an.write().size());
  EXPECT_EQ(1, sent);
}

TEST(Listener, OneWhoReadsNothingCostsABoundedNumberOfBytes) {
  TestListener an;
  for (int i = 0; i < 1000; ++i) {
    an.listener.voice.push(payload(std::string(1200, 'v')), kStart);
    an.listener.messages.push_text(payload(std::string(2000, 't')));
    std::ignore = an.listener.messages.push_event(payload(std::string(50, 'e')));
    if (i % 100 == 0) an.release();
    if (!an.listener.overflowed) an.listener.send(payload(std::string(2000, 'c')));
  }
  std::size_t bytes = 0;
  while (an.listener.ready()) {
    for (const Payload& part : an.listener.take(kStart).parts) bytes += part->size();
  }
  EXPECT_LE(bytes, Listener::kMaxBytes);
}

}  // namespace
}  // namespace comcat::server
