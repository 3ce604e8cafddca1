#include "comcat/store/ban_book.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "support/process.h"

namespace comcat::store {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryDirectory;

std::vector<Ban> read(const std::string& directory) {
  std::vector<Ban> known;
  KeeperThread thread;
  const auto book = BanBook::open(thread, directory, known);
  EXPECT_TRUE(book.ok()) << book.status();
  return known;
}

/// What an earlier version has left in `file`.
void run_sql(const std::string& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(SQLITE_OK, sqlite3_open(file.c_str(), &database));
  EXPECT_EQ(SQLITE_OK, sqlite3_exec(database, sql, nullptr, nullptr, nullptr));
  sqlite3_close(database);
  ASSERT_EQ(0, chmod(file.c_str(), 0600));
}

TEST(BanBook, WhatIsKeptIsThereAfterARestartAndWhatIsLiftedIsNot) {
  const TemporaryDirectory directory;
  const WallTime until{std::chrono::milliseconds(1'800'000'000'123)};
  {
    std::vector<Ban> known;
    KeeperThread thread;
    const auto book = BanBook::open(thread, directory.path(), known);
    ASSERT_TRUE(book.ok()) << book.status();
    (*book)->keep({{"192.0.2.1", "an", "noise", "bo", until}});
    (*book)->keep({{"192.0.2.2", "", "", "bo", {}}});
    (*book)->keep({{"192.0.2.3", "", "", "bo", {}}});
    (*book)->lift("192.0.2.2");
  }
  const std::vector<Ban> known = read(directory.path());
  ASSERT_EQ(2U, known.size());
  EXPECT_EQ("192.0.2.1", known[0].address);
  EXPECT_EQ("an", known[0].name);
  EXPECT_EQ("noise", known[0].because);
  EXPECT_EQ("bo", known[0].by);
  EXPECT_EQ(until, known[0].until);
  EXPECT_FALSE(known[1].until);
}

TEST(BanBook, WhatIsLiftedAndRememberedIsSoAfterARestart) {
  const TemporaryDirectory directory;
  Ban lifted{"192.0.2.1", "", "", "", {}};
  lifted.changed = WallTime{std::chrono::milliseconds(1'800'000'000'123)};
  lifted.lifted = true;
  lifted.kept = lifted.changed + std::chrono::hours(1);
  {
    std::vector<Ban> known;
    KeeperThread thread;
    const auto book = BanBook::open(thread, directory.path(), known);
    (*book)->keep({lifted});
  }
  const std::vector<Ban> known = read(directory.path());
  ASSERT_EQ(1U, known.size());
  EXPECT_TRUE(known[0].lifted);
  EXPECT_EQ(lifted.changed, known[0].changed);
  EXPECT_EQ(lifted.kept, known[0].kept);
}

TEST(BanBook, AFileOfAVersionThatKnewNoClustersIsReadAndGoesOn) {
  const TemporaryDirectory directory;
  run_sql(directory.file("bans.db"),
          "CREATE TABLE bans (address TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, because TEXT "
          "NOT NULL, by TEXT NOT NULL, until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
          "INSERT INTO bans VALUES ('192.0.2.1', 'an', 'noise', 'bo', 1800000000123)");
  EXPECT_EQ("an", read(directory.path()).at(0).name);
  EXPECT_EQ(WallTime{std::chrono::milliseconds(1'800'000'000'123)},
            read(directory.path()).at(0).kept);
  {
    std::vector<Ban> known;
    KeeperThread thread;
    const auto book = BanBook::open(thread, directory.path(), known);
    (*book)->keep({{"192.0.2.2", "", "", "bo", {}}});
  }
  EXPECT_EQ(2U, read(directory.path()).size());
}

TEST(BanBook, WhereNobodyIsBannedThereIsNoFile) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(read(directory.path()).empty());
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(BanBook, TheFileIsItsOwnersAlone) {
  const TemporaryDirectory directory;
  {
    std::vector<Ban> known;
    KeeperThread thread;
    const auto book = BanBook::open(thread, directory.path(), known);
    (*book)->keep({{"192.0.2.1", "", "", "bo", {}}});
  }
  struct stat found {};
  ASSERT_EQ(0, stat(directory.file("bans.db").c_str(), &found));
  EXPECT_EQ(0600U, found.st_mode & 0777U);
}

TEST(BanBook, AFileThatIsALinkIsNotFollowed) {
  const TemporaryDirectory directory;
  const TemporaryDirectory elsewhere;
  std::filesystem::create_symlink(elsewhere.file("mine"), directory.file("bans.db"));
  std::vector<Ban> known;
  KeeperThread thread;
  const auto book = BanBook::open(thread, directory.path(), known);
  EXPECT_TRUE(absl::IsUnavailable(book.status()));
  EXPECT_THAT(std::string(book.status().message()), HasSubstr(": it is a symbolic link; "));
  EXPECT_FALSE(std::filesystem::exists(elsewhere.file("mine")));
}

TEST(BanBook, WhatIsNoFileIsSaidToBeNone) {
  const TemporaryDirectory directory;
  ASSERT_EQ(0, ::mkfifo(directory.file("bans.db").c_str(), 0600));
  std::vector<Ban> known;
  KeeperThread thread;
  const auto book = BanBook::open(thread, directory.path(), known);
  EXPECT_THAT(std::string(book.status().message()), HasSubstr(": it is no file; "));
}

}  // namespace
}  // namespace comcat::store
