#include "comcat/store/claim_book.h"

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "comcat/store/claim_row.h"

#include "support/process.h"

namespace comcat::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

const std::string kOne(32, '\1');
const std::string kTwo(32, '\xFE');
constexpr WallTime kThen{std::chrono::milliseconds(1'795'000'000'123)};

std::vector<Claim> read(const std::string& directory) {
  std::vector<Claim> known;
  KeeperThread thread;
  const auto book = ClaimBook::open(thread, directory, known);
  EXPECT_TRUE(book.ok()) << book.status();
  return known;
}

void keep(const std::string& directory, std::vector<Claim> claims) {
  std::vector<Claim> known;
  KeeperThread thread;
  const auto book = ClaimBook::open(thread, directory, known);
  ASSERT_TRUE(book.ok()) << book.status();
  for (Claim& claim : claims) (*book)->keep(std::move(claim));
}

TEST(ClaimBook, WhatIsReleasedAndRememberedIsSoAfterARestart) {
  const TemporaryDirectory directory;
  keep(directory.path(), {{"an", {kOne}, kThen, kThen, {}}, {"bo", {}, {}, {}, kThen}});
  const std::vector<Claim> known = read(directory.path());
  ASSERT_EQ(2U, known.size());
  EXPECT_EQ(kThen, known[0].claimed);
  EXPECT_TRUE(known[1].keys.empty());
  EXPECT_EQ(kThen, known[1].released);
}

TEST(ClaimBook, AFileOfAVersionThatKnewNoClustersIsReadAndGoesOn) {
  const TemporaryDirectory directory;
  sqlite3* database = nullptr;
  ASSERT_EQ(SQLITE_OK, sqlite3_open(directory.file("claims.db").c_str(), &database));
  const std::string sql =
      "CREATE TABLE claims (key TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, devices TEXT NOT "
      "NULL, used_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
      "INSERT INTO claims VALUES ('an', 'An', '" +
      keys_of(Claim{"", {kOne}, {}}) + "', 1795000000123)";
  EXPECT_EQ(SQLITE_OK, sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr));
  sqlite3_close(database);
  ASSERT_EQ(0, chmod(directory.file("claims.db").c_str(), 0600));
  EXPECT_THAT(read(directory.path()).at(0).keys, ElementsAre(kOne));
  keep(directory.path(), {{"bo", {kTwo}, kThen}});
  EXPECT_EQ(2U, read(directory.path()).size());
}

TEST(ClaimBook, WhatIsKeptIsThereAfterARestartAndWhatIsLiftedIsNot) {
  const TemporaryDirectory directory;
  keep(directory.path(), {{"An", {kOne}, kThen}, {"bo", {kTwo}, kThen}});
  {
    std::vector<Claim> known;
    KeeperThread thread;
    const auto book = ClaimBook::open(thread, directory.path(), known);
    ASSERT_TRUE(book.ok()) << book.status();
    (*book)->keep({"an", {kOne, kTwo}, kThen});
    (*book)->lift("BO");
  }
  const std::vector<Claim> known = read(directory.path());
  ASSERT_EQ(1U, known.size());
  EXPECT_EQ("an", known[0].name);
  EXPECT_THAT(known[0].keys, ElementsAre(kOne, kTwo));
  EXPECT_EQ(kThen, known[0].used);
}

TEST(ClaimBook, WhereNothingIsClaimedThereIsNoFile) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(read(directory.path()).empty());
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(ClaimBook, WhoWantsToKnowIsToldOnceAClaimIsOnTheDisk) {
  const TemporaryDirectory directory;
  std::vector<Claim> known;
  KeeperThread thread;
  auto book = ClaimBook::open(thread, directory.path(), known);
  ASSERT_TRUE(book.ok()) << book.status();
  std::promise<std::vector<Claim>> on_disk;
  (*book)->keep({"an", {kOne}, kThen}, [&](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    on_disk.set_value(read(directory.path()));
  });
  EXPECT_EQ(1U, on_disk.get_future().get().size());
}

TEST(ClaimBook, WhoWantsToKnowIsToldWhyAClaimIsNotKept) {
  const TemporaryDirectory directory;
  std::vector<Claim> known;
  auto thread = std::make_unique<KeeperThread>();
  const auto book = ClaimBook::open(*thread, directory.path() + "/that/is/not/there", known);
  ASSERT_TRUE(book.ok()) << book.status();
  absl::Status told;
  (*book)->keep({"an", {kOne}, kThen}, [&](const absl::Status& status) { told = status; });
  thread.reset();  // at the latest
  EXPECT_THAT(std::string(told.message()), HasSubstr("No such file or directory"));
}

TEST(ClaimBook, TheFileIsItsOwnersAlone) {
  const TemporaryDirectory directory;
  keep(directory.path(), {{"an", {kOne}, kThen}});
  struct stat found {};
  ASSERT_EQ(0, stat(directory.file("claims.db").c_str(), &found));
  EXPECT_EQ(0600U, found.st_mode & 0777U);
}

TEST(ClaimBook, AFileThatIsNoneIsToldAndLeftAlone) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file("claims.db")) << std::string(5000, 'x');
  std::vector<Claim> known;
  KeeperThread thread;
  const auto book = ClaimBook::open(thread, directory.path(), known);
  ASSERT_FALSE(book.ok());
  EXPECT_THAT(std::string(book.status().message()), HasSubstr("cannot use the claims in"));
  EXPECT_EQ(5000U, std::filesystem::file_size(directory.file("claims.db")));
}

TEST(ClaimRow, OfOursIsTheClaimThatWasKept) {
  const Claim claim{"An", {kOne, kTwo}, kThen};
  const std::string keys = keys_of(claim);
  const auto again = decode(ClaimRow{"An", keys, kThen.time_since_epoch().count()});
  ASSERT_TRUE(again);
  EXPECT_EQ(claim.name, again->name);
  EXPECT_EQ(claim.keys, again->keys);
  EXPECT_EQ(claim.used, again->used);
}

TEST(ClaimRow, ThatSomebodyElseHasChangedIsNone) {
  const std::string keys = keys_of({"An", {kOne}, kThen});
  EXPECT_FALSE(decode(ClaimRow{"", keys, 1}));
  EXPECT_FALSE(decode(ClaimRow{"a\033n", keys, 1}));
  EXPECT_FALSE(decode(ClaimRow{"An", "", 1}));
  EXPECT_FALSE(decode(ClaimRow{"An", keys + "0", 1}));
  EXPECT_FALSE(decode(ClaimRow{"An", keys.substr(2) + "zz", 1}));
  EXPECT_FALSE(decode(ClaimRow{"An", keys, -1}));
  std::string many;
  for (std::size_t i = 0; i <= Claim::kMaxKeys; ++i) many += keys;
  EXPECT_FALSE(decode(ClaimRow{"An", many, 1}));
}

}  // namespace
}  // namespace comcat::store
