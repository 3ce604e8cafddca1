// What every log is held to.

#include "comcat/bus/message_log.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/log_fixtures.h"
#include "bus/memory_log.h"

namespace comcat::bus {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// What keeps the logs.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::unique_ptr<MessageLog> join() = 0;
  virtual void take_away() = 0;
  virtual void give_back() = 0;
  virtual void offer() {}
};

class InMemory final : public Engine {
 public:
  std::unique_ptr<MessageLog> join() override { return room_.join(); }
  void take_away() override { room_.set_up(false); }
  void give_back() override { room_.set_up(true); }
  void offer() override { room_.offer(); }

 private:
  LogRoom room_;
};

class OnJetStream final : public Engine {
 public:
  std::unique_ptr<MessageLog> join() override { return join_log(nats_); }
  void take_away() override { nats_.kill(); }
  void give_back() override { nats_.start_again({"-js"}); }

 private:
  testing::NatsServer nats_{{"-js"}};
};

class LogContract : public ::testing::TestWithParam<std::string> {
 protected:
  const std::unique_ptr<Engine> engine_ =
      GetParam() == "memory" ? std::unique_ptr<Engine>(std::make_unique<InMemory>())
                             : std::make_unique<OnJetStream>();
};

TEST_P(LogContract, WhatIsAppendedComesToAllAndToWhoAppendedIt) {
  const auto one = engine_->join();
  const auto two = engine_->join();
  Followed by_one(*one);
  Followed by_two(*two);
  const auto number = append(*one, "hello");
  ASSERT_TRUE(number.ok()) << number.status();
  for (Followed* followed : {&by_one, &by_two}) {
    ASSERT_TRUE(followed->reaches(1));
    const LogEntry entry = followed->entries()[0];
    EXPECT_EQ(*number, entry.number);
    EXPECT_EQ("topic", entry.topic);
    EXPECT_EQ("hello", entry.bytes);
    EXPECT_GT(entry.time.time_since_epoch().count(), 0);
  }
  // Who has read one follows: what is appended from then on was not there before.
  ASSERT_TRUE(append(*one, "again").ok());
  for (Followed* followed : {&by_one, &by_two}) {
    ASSERT_TRUE(followed->reaches(2));
    EXPECT_FALSE(followed->entries()[1].earlier);
  }
}

TEST_P(LogContract, TheSameIdIsKeptOnce) {
  const auto log = engine_->join();
  Followed followed(*log);
  const auto first = append(*log, "hello", "an-1");
  const auto again = append(*log, "hello", "an-1");
  const auto other = append(*log, "other", "an-2");
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(*first, *again);
  ASSERT_TRUE(followed.reaches(2));
  EXPECT_THAT(followed.bytes(), ElementsAre("hello", "other"));
}

TEST_P(LogContract, ManyWritersAtThreePlacesHaveOneOrder) {
  constexpr int kWriters = 20;
  constexpr int kEach = 10;
  std::vector<std::unique_ptr<MessageLog>> logs;
  std::vector<std::unique_ptr<Followed>> followed;
  for (int i = 0; i < 3; ++i) {
    logs.push_back(engine_->join());
    followed.push_back(std::make_unique<Followed>(*logs.back()));
  }
  std::atomic<int> kept = 0;
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        for (int k = 0; k < kEach; ++k) {
          const std::string words = std::to_string(i) + "." + std::to_string(k);
          if (append_at_last(*logs[static_cast<std::size_t>(i) % 3], words)) ++kept;
        }
      });
    }
  }
  EXPECT_EQ(kWriters * kEach, kept);
  for (const auto& one : followed) ASSERT_TRUE(one->reaches(kWriters * kEach));
  EXPECT_EQ(followed[0]->bytes(), followed[1]->bytes());
  EXPECT_EQ(followed[0]->bytes(), followed[2]->bytes());
  EXPECT_TRUE(followed[0]->rises());
  for (int i = 0; i < kWriters; ++i) {
    std::vector<std::string> of_one;
    for (const std::string& words : followed[0]->bytes()) {
      if (words.starts_with(std::to_string(i) + ".")) of_one.push_back(words);
    }
    for (int k = 0; k < kEach; ++k) {
      EXPECT_EQ(std::to_string(i) + "." + std::to_string(k), of_one[static_cast<std::size_t>(k)]);
    }
  }
}

TEST_P(LogContract, WhoWasAwayGetsWhatItMissedInOrderBeforeWhatIsNew) {
  const auto one = engine_->join();
  Followed by_one(*one);
  LogPosition place;
  {
    const auto two = engine_->join();
    Followed by_two(*two);
    ASSERT_TRUE(append(*one, "before").ok());
    ASSERT_TRUE(by_two.reaches(1));
    place = by_two.position();
  }
  for (const char* words : {"missed 1", "missed 2"}) ASSERT_TRUE(append(*one, words).ok());
  const auto two = engine_->join();
  Followed by_two(*two, place);
  ASSERT_TRUE(by_two.reaches(2));
  ASSERT_TRUE(append(*one, "new").ok());
  ASSERT_TRUE(by_two.reaches(3));
  EXPECT_THAT(by_two.bytes(), ElementsAre("missed 1", "missed 2", "new"));
  EXPECT_TRUE(by_two.entries()[1].earlier);
  EXPECT_FALSE(by_two.entries()[2].earlier);
}

TEST_P(LogContract, WhoWantsOnlyWhatIsNewGetsThat) {
  const auto one = engine_->join();
  Followed by_one(*one);
  ASSERT_TRUE(append(*one, "before").ok());
  const auto two = engine_->join();
  Followed by_two(*two, {}, /*from_now=*/true);
  ASSERT_TRUE(append(*two, "new").ok());
  ASSERT_TRUE(by_two.reaches(1));
  EXPECT_THAT(by_two.bytes(), ElementsAre("new"));
}

TEST_P(LogContract, APlaceInAnotherLogSaysNothing) {
  const auto one = engine_->join();
  Followed by_one(*one);
  ASSERT_TRUE(append(*one, "hello").ok());
  const auto two = engine_->join();
  Followed by_two(*two, {.origin = 5, .number = std::uint64_t{1} << 60});
  ASSERT_TRUE(by_two.reaches(1));
  EXPECT_THAT(by_two.bytes(), ElementsAre("hello"));
}

TEST_P(LogContract, WhatIsRefusedComesAgainAndNothingBeforeIt) {
  const auto log = engine_->join();
  Followed followed(*log);
  followed.refuse(true);
  ASSERT_TRUE(append(*log, "first").ok());
  ASSERT_TRUE(append(*log, "second").ok());
  EXPECT_THAT(followed.bytes(), IsEmpty());
  followed.refuse(false);
  engine_->offer();
  ASSERT_TRUE(followed.reaches(2));
  EXPECT_THAT(followed.bytes(), ElementsAre("first", "second"));
}

TEST_P(LogContract, WithoutItsEngineWhoAppendsIsToldSoInTimeAndAllGoesOnAfterwards) {
  const auto one = engine_->join();
  const auto two = engine_->join();
  Followed by_one(*one);
  Followed by_two(*two);
  ASSERT_TRUE(append(*one, "before").ok());
  engine_->take_away();
  const absl::StatusOr<std::uint64_t> refused = append(*one, "meanwhile");
  EXPECT_TRUE(absl::IsUnavailable(refused.status()) || absl::IsDeadlineExceeded(refused.status()))
      << refused.status();
  engine_->give_back();
  ASSERT_TRUE(append_at_last(*two, "after"));
  ASSERT_TRUE(append_at_last(*one, "end"));  // what it had sent is there before
  ASSERT_TRUE(by_one.comes_to("end") && by_two.comes_to("end"));
  EXPECT_EQ(by_one.bytes(), by_two.bytes());
  EXPECT_TRUE(by_one.rises());
  EXPECT_EQ("before", by_one.bytes().front());
}

INSTANTIATE_TEST_SUITE_P(Engines, LogContract, ::testing::Values("memory", "jetstream"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace comcat::bus
