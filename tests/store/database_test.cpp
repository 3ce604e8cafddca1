#include "store/database.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/faulty_disk.h"
#include "support/process.h"

namespace comcat::store {
namespace {

using ::testing::ElementsAre;
using testing::FaultyDisk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryDirectory;

/// A history in a directory of its own, and a clock that is moved by hand.
class Histories : public ::testing::Test {
 protected:
  Histories() { reopen(); }

  void reopen() {
    database_.reset();
    auto opened = Database::open({directory_.path(), keep_, max_bytes_, follows_log_}, now_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }
  absl::StatusOr<std::vector<Text>> append(const std::vector<Append>& texts) {
    std::vector<const Append*> all;
    for (const Append& text : texts) all.push_back(&text);
    return database_->append(all, now_);
  }
  std::uint64_t say(const std::string& room, const std::string& text) {
    const auto stored = append({{room, "an", text}});
    EXPECT_TRUE(stored.ok()) << stored.status();
    return stored.ok() ? stored->front().number : 0;
  }
  Database::Page read(const Read& wanted) {
    absl::StatusOr<Database::Page> page = database_->read(wanted, now_);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *std::move(page) : Database::Page();
  }
  std::vector<std::string> texts(const Read& wanted) {
    std::vector<std::string> out;
    for (const Text& text : read(wanted).texts) out.push_back(text.text);
    return out;
  }

  FaultyDisk disk_;
  TemporaryDirectory directory_;
  bool follows_log_ = false;
  std::chrono::hours keep_{24};
  std::uint64_t max_bytes_ = 256UL * 1024 * 1024;
  WallTime now_{std::chrono::hours(24 * 365 * 50)};
  std::unique_ptr<Database> database_;
};

TEST_F(Histories, ATextIsThereAfterARestartWithItsNumberAndTime) {
  const auto stored = append({{"lobby", "Ân", "hello"}});
  ASSERT_TRUE(stored.ok());
  reopen();
  const Database::Page page = read({"lobby"});
  ASSERT_EQ(1U, page.texts.size());
  EXPECT_EQ(stored->front().number, page.texts[0].number);
  EXPECT_EQ(now_, page.texts[0].time);
  EXPECT_EQ("Ân", page.texts[0].name);
  EXPECT_EQ("hello", page.texts[0].text);
  EXPECT_FALSE(page.more);
}

TEST_F(Histories, NumbersOfARoomGoUpByOneWhateverHappensInOthers) {
  const std::uint64_t first = say("lobby", "1");
  say("den", "x");
  EXPECT_EQ(first + 1, say("lobby", "2"));
  reopen();
  EXPECT_EQ(first + 2, say("lobby", "3"));
}

TEST_F(Histories, NumbersGoOnRisingWhenAllOfTheRoomIsForgotten) {
  std::uint64_t last = 0;
  for (int i = 0; i < 50; ++i) last = say("lobby", "x");
  now_ += std::chrono::hours(25);
  ASSERT_TRUE(database_->forget(now_).ok());
  EXPECT_GT(say("lobby", "new"), last);
}

TEST_F(Histories, AWholeTransactionIsOneSync) {
  say("lobby", "first");
  const int before = disk_.syncs();
  ASSERT_TRUE(append(std::vector<Append>(200, {"lobby", "an", "x"})).ok());
  EXPECT_EQ(before + 1, disk_.syncs());
}

TEST_F(Histories, TheNewestAreShownAndThenThoseBeforeThem) {
  for (int i = 1; i <= 5; ++i) say("lobby", std::to_string(i));
  const Database::Page newest = read({.room = "lobby", .most = 2});
  ASSERT_EQ(2U, newest.texts.size());
  EXPECT_EQ("4", newest.texts[0].text);
  EXPECT_EQ("5", newest.texts[1].text);
  EXPECT_TRUE(newest.more);
  const std::uint64_t oldest = newest.texts[0].number;
  EXPECT_THAT(texts({.room = "lobby", .before = oldest}), ElementsAre("1", "2", "3"));
  EXPECT_FALSE(read({.room = "lobby", .before = oldest}).more);
  EXPECT_THAT(texts({.room = "lobby", .before = UINT64_MAX, .most = 1}), ElementsAre("5"));
}

TEST_F(Histories, WhoComesBackGetsWhatCameAfterTheLastOneSeenInOrder) {
  const std::uint64_t seen = say("lobby", "1");
  for (int i = 2; i <= 4; ++i) say("lobby", std::to_string(i));
  EXPECT_THAT(texts({.room = "lobby", .after = seen}), ElementsAre("2", "3", "4"));
  const Database::Page part = read({.room = "lobby", .after = seen, .most = 2});
  EXPECT_TRUE(part.more);
  EXPECT_EQ("3", part.texts.back().text);
  EXPECT_THAT(texts({.room = "lobby", .after = seen + 3}), IsEmpty());
}

TEST_F(Histories, ANumberThatWasNeverGivenOutIsAsNone) {
  const std::uint64_t last = say("lobby", "1");
  EXPECT_THAT(texts({.room = "lobby", .after = last + 1000}), ElementsAre("1"));
  EXPECT_THAT(texts({.room = "den", .after = last}), IsEmpty());
}

TEST_F(Histories, APageIsAtMostAsLongAsAMessageMayBe) {
  for (int i = 0; i < 20; ++i) say("lobby", std::string(2000, 'x'));
  const Database::Page page = read({"lobby"});
  EXPECT_EQ(3U, page.texts.size());
  EXPECT_TRUE(page.more);
}

TEST_F(Histories, WhatIsOlderThanItIsKeptIsNotShownAndThenGone) {
  say("lobby", "a secret of yesterday");
  now_ += std::chrono::hours(23);
  say("lobby", "today");
  EXPECT_EQ(2U, read({"lobby"}).texts.size());
  now_ += std::chrono::hours(2);
  EXPECT_THAT(texts({"lobby"}), ElementsAre("today"));
  ASSERT_TRUE(database_->forget(now_).ok());
  database_.reset();
  for (const char* const name : {"history.db", "history.db-wal"}) {
    std::ifstream file(directory_.file(name), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(std::string::npos, bytes.find("a secret of yesterday")) << name;
  }
}

TEST_F(Histories, AFullDiskIsSaidNothingIsHalfKeptAndTheNextTextTriesAgain) {
  const std::uint64_t first = say("lobby", "before");
  disk_.set_full(true);
  const auto refused = append({{"lobby", "an", "one"}, {"den", "an", "two"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("the disk is full"));
  EXPECT_THAT(texts({"lobby"}), ElementsAre("before"));
  EXPECT_THAT(texts({"den"}), IsEmpty());
  disk_.set_full(false);
  EXPECT_EQ(first + 1, say("lobby", "after"));
  reopen();
  EXPECT_THAT(texts({"lobby"}), ElementsAre("before", "after"));
}

TEST_F(Histories, BeyondItsSizeTheOldestGoFirst) {
  max_bytes_ = 512UL * 1024;
  reopen();
  for (int i = 0; i < 30; ++i) {
    now_ += std::chrono::seconds(1);
    const std::string text = std::to_string(i) + std::string(1000, 'x');
    ASSERT_TRUE(append(std::vector<Append>(100, {"lobby", "an", text})).ok());
  }
  EXPECT_EQ(29, std::stoi(texts({"lobby"}).back()));
  EXPECT_GT(std::stoi(texts({.room = "lobby", .after = 1, .most = 1}).at(0)), 0);
  database_.reset();
  EXPECT_LT(std::filesystem::file_size(directory_.file("history.db")), 2 * max_bytes_);
}

class FollowedLog : public Histories {
 protected:
  FollowedLog() {
    follows_log_ = true;
    reopen();
  }
  static LoggedText logged(std::uint64_t number, const std::string& text) {
    return {"lobby", 7, {number, WallTime(std::chrono::milliseconds(number)), "an", text}, false};
  }
  /// Texts from `first` to `last`, as they come after all up to `after`.
  absl::Status place(std::uint64_t origin, std::uint64_t after, std::uint64_t first,
                     std::uint64_t last) {
    Place place{{origin, after}, last, {}};
    for (std::uint64_t number = first; number <= last; ++number) {
      place.texts.push_back(logged(number, "text " + std::to_string(number)));
    }
    return database_->place(place);
  }
};

TEST_F(FollowedLog, ItsTextsHaveItsNumbersAndGapsAreNone) {
  now_ = WallTime(std::chrono::milliseconds(2000));
  EXPECT_EQ(0U, database_->followed().number);
  ASSERT_TRUE(place(1000, 1000, 1003, 1004).ok());
  ASSERT_TRUE(place(1000, 1004, 1009, 1010).ok());
  EXPECT_THAT(texts({"lobby"}), ElementsAre("text 1003", "text 1004", "text 1009", "text 1010"));
  EXPECT_THAT(texts({"lobby", 1004}), ElementsAre("text 1009", "text 1010"));
  EXPECT_THAT(texts({"lobby", 0, 1009, 1}), ElementsAre("text 1004"));
  reopen();
  EXPECT_EQ(1000U, database_->followed().origin);
  EXPECT_EQ(1010U, database_->followed().number);
}

TEST_F(FollowedLog, WhatComesTwiceIsThereOnce) {
  now_ = WallTime(std::chrono::milliseconds(2000));
  ASSERT_TRUE(place(1000, 1000, 1001, 1003).ok());
  ASSERT_TRUE(place(1000, 1000, 1001, 1002).ok());
  EXPECT_THAT(texts({"lobby"}), ElementsAre("text 1001", "text 1002", "text 1003"));
  EXPECT_EQ(1003U, database_->followed().number);
}

TEST_F(FollowedLog, WhatCouldNotBeKeptIsAskedForAgain) {
  now_ = WallTime(std::chrono::milliseconds(2000));
  ASSERT_TRUE(place(1000, 1000, 1001, 1001).ok());
  disk_.set_full(true);
  EXPECT_FALSE(place(1000, 1001, 1002, 1002).ok());
  disk_.set_full(false);
  ASSERT_TRUE(place(1000, 1002, 1003, 1003).ok());
  EXPECT_EQ(1001U, database_->followed().number) << "from there it is to be read again";
  ASSERT_TRUE(place(1000, 1001, 1002, 1003).ok());
  EXPECT_EQ(1003U, database_->followed().number);
  EXPECT_THAT(texts({"lobby"}), ElementsAre("text 1001", "text 1002", "text 1003"));
}

TEST_F(FollowedLog, OfAnotherLogAllIsNew) {
  now_ = WallTime(std::chrono::milliseconds(9000));
  ASSERT_TRUE(place(1000, 1000, 1001, 1001).ok());
  ASSERT_TRUE(place(5000, 5000, 5001, 5002).ok());
  EXPECT_EQ(5000U, database_->followed().origin);
  EXPECT_EQ(5002U, database_->followed().number);
  EXPECT_THAT(texts({"lobby"}), ElementsAre("text 1001", "text 5001", "text 5002"));
}

TEST_F(Histories, OfWhoFollowsNoLogIsAsItWas) {
  EXPECT_EQ(0U, database_->followed().origin);
  say("lobby", "hello");
  follows_log_ = true;
  reopen();
  follows_log_ = false;
  reopen();
  EXPECT_THAT(texts({"lobby"}), ElementsAre("hello"));
}

}  // namespace
}  // namespace comcat::store
