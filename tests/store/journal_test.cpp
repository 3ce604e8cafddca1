#include "comcat/store/journal.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/faulty_disk.h"
#include "support/process.h"

namespace comcat::store {
namespace {

using testing::FaultyDisk;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

/// A journal, and what it has answered.
class Journals : public ::testing::Test {
 protected:
  Journals() { reopen(); }

  void reopen() {
    journal_.reset();
    JournalOptions options;
    options.directory = directory_.path();
    auto opened = Journal::open(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    journal_ = *std::move(opened);
    journal_->start([this](std::vector<Answer> answers) {
      const std::lock_guard lock(mutex_);
      ++batches_;
      for (Answer& answer : answers) answers_.push_back(std::move(answer));
      answered_.notify_all();
    });
  }
  bool say(std::uint64_t ticket, const std::string& text) {
    return journal_->ask({ticket, Append{"lobby", "an", text}});
  }
  /// The answers, once there are `count`.
  std::vector<Answer> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(answered_.wait_for(lock, std::chrono::seconds(20),
                                   [&] { return answers_.size() >= count; }));
    return answers_;
  }
  int batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

  FaultyDisk disk_;
  TemporaryDirectory directory_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::vector<Answer> answers_;
  int batches_ = 0;
  std::unique_ptr<Journal> journal_;
};

TEST_F(Journals, ATextIsAnsweredOnceItIsOnTheDisk) {
  disk_.set_stuck(true);
  ASSERT_TRUE(say(1, "hello"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  EXPECT_EQ(0, batches());
  disk_.set_stuck(false);
  const std::vector<Answer> answers = wait_for(1);
  EXPECT_TRUE(answers[0].status.ok());
  EXPECT_EQ(1U, answers[0].ticket);
  EXPECT_EQ("hello", answers[0].texts.at(0).text);
}

TEST_F(Journals, WhateverWaitsForASlowDiskGoesIntoOneTransaction) {
  disk_.set_stuck(true);
  ASSERT_TRUE(say(1, "first"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  for (std::uint64_t i = 2; i <= 500; ++i) ASSERT_TRUE(say(i, std::to_string(i)));
  disk_.set_stuck(false);
  const std::vector<Answer> answers = wait_for(500);
  EXPECT_EQ(2, batches());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(i + 1, answers[i].ticket);
    EXPECT_EQ(answers[0].texts.at(0).number + i, answers[i].texts.at(0).number);
  }
}

TEST_F(Journals, MoreThanItHasRoomForIsRefusedAtOnce) {
  disk_.set_stuck(true);
  ASSERT_TRUE(say(1, "first"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  for (std::uint64_t i = 0; i < Journal::kMaxRequests; ++i) ASSERT_TRUE(say(2 + i, "x"));
  EXPECT_FALSE(say(0, "too much"));
  disk_.set_stuck(false);
  EXPECT_EQ(Journal::kMaxRequests + 1, wait_for(Journal::kMaxRequests + 1).size());
}

TEST_F(Journals, AReadSeesWhatWasAskedBeforeItAndNothingOfWhatCameLater) {
  disk_.set_stuck(true);
  ASSERT_TRUE(say(1, "first"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  ASSERT_TRUE(say(2, "second"));
  ASSERT_TRUE(journal_->ask({3, Read{"lobby"}}));
  ASSERT_TRUE(say(4, "third"));
  disk_.set_stuck(false);
  const std::vector<Answer> answers = wait_for(4);
  ASSERT_EQ(3U, answers[2].ticket);
  ASSERT_EQ(2U, answers[2].texts.size());
  EXPECT_EQ("second", answers[2].texts[1].text);
}

TEST_F(Journals, AFullDiskIsToldInOneSentenceAndTheNextTextTriesAgain) {
  disk_.set_full(true);
  ASSERT_TRUE(say(1, "hello"));
  const std::vector<Answer> refused = wait_for(1);
  EXPECT_EQ("your text was not said, as the server cannot keep it (the disk is full); try again",
            refused[0].status.message());
  disk_.set_full(false);
  ASSERT_TRUE(say(2, "hello again"));
  EXPECT_TRUE(wait_for(2)[1].status.ok());
}

TEST_F(Journals, WhatWaitsWhenItEndsIsKeptAndAnswered) {
  disk_.set_stuck(true);
  ASSERT_TRUE(say(1, "first"));
  ASSERT_TRUE(disk_.wait_until_stuck());
  ASSERT_TRUE(say(2, "second"));
  disk_.set_stuck(false);
  reopen();
  EXPECT_EQ(2U, wait_for(2).size());
  ASSERT_TRUE(journal_->ask({3, Read{"lobby"}}));
  EXPECT_EQ(2U, wait_for(3)[2].texts.size());
}

}  // namespace
}  // namespace comcat::store
