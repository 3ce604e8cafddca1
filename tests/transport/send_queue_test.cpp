#include "comcat/transport/send_queue.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNow = base::Time(1h);

TEST(SendQueue, VoiceIsBoundedInMillisecondsAndTheOldestGoes) {
  SendQueue queue({.max_voice = 200ms});
  for (int i = 0; i < 500; ++i) queue.push_voice(std::to_string(i), 20ms, kNow);
  EXPECT_EQ(200ms, queue.queued_voice());
  EXPECT_EQ(490U, queue.dropped_voice_frames());
  EXPECT_EQ("490", queue.pop(kNow));
}

TEST(SendQueue, LongFramesCountAsWhatTheyLast) {
  SendQueue queue({.max_voice = 200ms});
  for (int i = 0; i < 5; ++i) queue.push_voice(std::to_string(i), 60ms, kNow);
  EXPECT_EQ(180ms, queue.queued_voice());
  EXPECT_EQ("2", queue.pop(kNow));
}

TEST(SendQueue, OldVoiceIsNotSentHoweverShort) {
  SendQueue queue({.max_voice = 200ms});
  queue.push_voice("old", 20ms, kNow);
  queue.push_voice("fresh", 20ms, kNow + 300ms);
  EXPECT_EQ("fresh", queue.pop(kNow + 301ms));
  EXPECT_EQ(1U, queue.dropped_voice_frames());
}

TEST(SendQueue, ControlGoesFirst) {
  SendQueue queue({});
  queue.push_voice("voice", 20ms, kNow);
  ASSERT_TRUE(queue.push_control("control").ok());
  EXPECT_EQ("control", queue.pop(kNow));
  EXPECT_FALSE(queue.pop(kNow, 201ms)) << "the network has enough";
  EXPECT_EQ(0U, queue.sent_voice_frames());
  EXPECT_EQ("voice", queue.pop(kNow));
  EXPECT_EQ(1U, queue.sent_voice_frames());
}

TEST(SendQueue, ControlIsRefusedWhenFullAndNeverDropped) {
  SendQueue queue({.max_control_messages = 2});
  ASSERT_TRUE(queue.push_control("1").ok());
  ASSERT_TRUE(queue.push_control("2").ok());
  EXPECT_EQ(absl::StatusCode::kResourceExhausted, queue.push_control("3").code());
  EXPECT_EQ("1", queue.pop(kNow));
  EXPECT_EQ("2", queue.pop(kNow));
  EXPECT_FALSE(queue.pop(kNow));
}

}  // namespace
}  // namespace comcat::transport
