// What a log on JetStream does besides.

#include "comcat/bus/jetstream.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nats/nats.h>
#include <signal.h>

#include "bus/log_fixtures.h"
#include "bus/nats_handles.h"

namespace comcat::bus {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Somebody else who speaks with NATS.
class Stranger {
 public:
  explicit Stranger(const testing::NatsServer& nats) {
    natsConnection* connection = nullptr;
    EXPECT_EQ(NATS_OK, natsConnection_ConnectTo(&connection, nats.url().c_str()));
    connection_.reset(connection);
    jsCtx* context = nullptr;
    EXPECT_EQ(NATS_OK, natsConnection_JetStream(&context, connection, nullptr));
    context_.reset(context);
  }

  void say(const std::string& subject, const std::string& bytes) {
    natsConnection_Publish(connection_.get(), subject.c_str(), bytes.data(),
                           static_cast<int>(bytes.size()));
    natsConnection_Flush(connection_.get());
  }
  void make_stream(const std::string& name, const char* subject) {
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = name.c_str();
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    config.Storage = js_MemoryStorage;
    EXPECT_EQ(NATS_OK, js_AddStream(nullptr, context_.get(), &config, nullptr, nullptr));
  }
  void delete_stream(const std::string& name) {
    EXPECT_EQ(NATS_OK, js_DeleteStream(context_.get(), name.c_str(), nullptr, nullptr));
  }
  Owned<jsStreamInfo> stream(const std::string& name) {
    jsStreamInfo* info = nullptr;
    EXPECT_EQ(NATS_OK, js_GetStreamInfo(&info, context_.get(), name.c_str(), nullptr, nullptr));
    return Owned<jsStreamInfo>(info);
  }

 private:
  Owned<natsConnection> connection_;
  Owned<jsCtx> context_;
};

TEST(JetStream, KilledBetweenATextAndItsAckHasItOnce) {
  testing::NatsServer nats({"-js"});
  const auto log = join_log(nats);
  Followed followed(*log);
  ASSERT_TRUE(append(*log, "before").ok());
  // It takes what it was sent, and is killed before it says so: its process reads no more.
  nats.process().signal(SIGSTOP);
  base::Event done;
  absl::StatusOr<std::uint64_t> got;
  ASSERT_TRUE(log->append({"topic", "amid", "amid-1"}, [&](const auto& number) {
    got = number;
    done.set();
  }));
  nats.kill();
  nats.start_again({"-js"});
  ASSERT_TRUE(done.wait_for(kPatience));
  ASSERT_TRUE(append_at_last(*log, "after"));
  const auto again = append(*log, "amid", "amid-1");  // as who was told nothing would do
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_TRUE(followed.comes_to("after") && followed.comes_to("amid"));
  EXPECT_EQ(1, std::ranges::count(followed.bytes(), "amid"));
  EXPECT_TRUE(followed.rises());
}

TEST(JetStream, StoppedForFiveSecondsHasAllOnceAndInOneOrder) {
  testing::NatsServer nats({"-js"});
  const auto one = join_log(nats);
  const auto two = join_log(nats);
  Followed by_one(*one);
  Followed by_two(*two);
  ASSERT_TRUE(append(*one, "before").ok());
  nats.process().signal(SIGSTOP);
  const base::Time began = base::steady_now();
  const absl::StatusOr<std::uint64_t> during = append(*one, "during", "during-1");
  EXPECT_FALSE(during.ok());
  EXPECT_LT(base::steady_now() - began, MessageLog::kPatience + seconds(3));
  while (base::steady_now() - began < seconds(5)) {
    EXPECT_FALSE(append(*two, "also during", "during-2").ok());
  }
  nats.process().signal(SIGCONT);
  ASSERT_TRUE(append_at_last(*one, "after"));
  ASSERT_TRUE(append(*one, "during", "during-1").ok());
  ASSERT_TRUE(append(*one, "also during", "during-2").ok());
  for (Followed* followed : {&by_one, &by_two}) {
    ASSERT_TRUE(followed->reaches(4));
    EXPECT_EQ(1, std::ranges::count(followed->bytes(), "during"));
    EXPECT_EQ(1, std::ranges::count(followed->bytes(), "also during"));
  }
  EXPECT_EQ(by_one.bytes(), by_two.bytes());
}

TEST(JetStream, WithoutJetStreamWhoAppendsIsToldWhatToStart) {
  const testing::NatsServer nats;
  const auto log = join_log(nats);
  Followed followed(*log);
  const auto refused = append(*log, "hello");
  EXPECT_TRUE(absl::IsUnavailable(refused.status())) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("nats-server -js -sd DIR"));
  EXPECT_FALSE(log->counters()->available);
  const base::Time began = base::steady_now();
  EXPECT_FALSE(append(*log, "hello").ok());
  EXPECT_LT(base::steady_now() - began, seconds(2)) << "as it is known";
}

TEST(JetStream, TakesAStreamOfAnotherKindForNobodys) {
  const testing::NatsServer nats({"-js"});
  Stranger stranger(nats);
  stranger.make_stream("log", "comcat.test.log.*");
  const auto log = join_log(nats);
  Followed followed(*log);
  const auto refused = append(*log, "hello");
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("the stream log of NATS was made for something else"));
  EXPECT_EQ(js_MemoryStorage, stranger.stream("log")->Config->Storage);
}

TEST(JetStream, KeepsForAsLongAsIsAskedForNow) {
  const testing::NatsServer nats({"-js"});
  Stranger stranger(nats);
  const NatsOptions there{.urls = {nats.url()}, .name = "test"};
  for (const int hours : {24, 48}) {
    const auto log = make_jetstream_log(
        there, {.stream = "log", .subject = "comcat.test.log", .keep = std::chrono::hours(hours)});
    Followed followed(*log);
    ASSERT_TRUE(append(*log, "hello").ok());
    EXPECT_EQ(std::chrono::nanoseconds(std::chrono::hours(hours)).count(),
              stranger.stream("log")->Config->MaxAge);
  }
  // Three need three servers of NATS: it goes on with what there is.
  const auto log =
      make_jetstream_log(there, {.stream = "log", .subject = "comcat.test.log", .replicas = 3});
  Followed followed(*log);
  ASSERT_TRUE(append(*log, "hello").ok());
  EXPECT_EQ(1, stranger.stream("log")->Config->Replicas);
}

TEST(JetStream, AStreamThatIsRemovedIsMadeAnewAndNumbersOnlyRise) {
  const testing::NatsServer nats({"-js"});
  const auto log = join_log(nats);
  Followed followed(*log);
  for (const char* words : {"one", "two", "three"}) ASSERT_TRUE(append(*log, words).ok());
  Stranger(nats).delete_stream("log");
  ASSERT_TRUE(append_at_last(*log, "four"));
  ASSERT_TRUE(followed.comes_to("four"));
  EXPECT_THAT(followed.bytes(), ElementsAre("one", "two", "three", "four"));
  EXPECT_TRUE(followed.rises());
}

TEST(JetStream, WhatStrangersWriteThereComesAsTheyWroteItAndHugeThingsDoNot) {
  const testing::NatsServer nats({"-js"});
  const auto log = join_log(nats);
  Followed followed(*log);
  ASSERT_TRUE(append(*log, "before").ok());
  Stranger stranger(nats);
  stranger.say("comcat.test.log.other", "");
  stranger.say("comcat.test.log.other", std::string(MessageLog::kMaxBytes + 1000, 'x'));
  stranger.say("comcat.test.log.two.words", "no topic");
  ASSERT_TRUE(append(*log, "after").ok());
  ASSERT_TRUE(followed.comes_to("after"));
  EXPECT_THAT(followed.bytes(), ElementsAre("before", "", "after"));
}

TEST(JetStream, MoreThanFitsIntoAPageComesInOrder) {
  const testing::NatsServer nats({"-js"});
  const auto log = join_log(nats);
  Followed followed(*log);
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(append(*log, std::to_string(i)).ok());
  const auto late = join_log(nats);
  Followed by_late(*late);
  ASSERT_TRUE(by_late.reaches(600) && followed.reaches(600));
  EXPECT_EQ(followed.bytes(), by_late.bytes());
}

}  // namespace
}  // namespace comcat::bus
