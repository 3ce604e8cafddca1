#include "comcat/store/ban_book.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/process.h"

namespace comcat::store {
namespace {

using testing::TemporaryDirectory;

std::vector<Ban> read(const std::string& directory) {
  std::vector<Ban> known;
  KeeperThread thread;
  const auto book = BanBook::open(thread, directory, known);
  EXPECT_TRUE(book.ok()) << book.status();
  return known;
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
  EXPECT_FALSE(std::filesystem::exists(elsewhere.file("mine")));
}

}  // namespace
}  // namespace comcat::store
