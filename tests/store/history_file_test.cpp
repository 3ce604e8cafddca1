// The file, as it lies on the disk: its mode, links, damage, and files of others.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/database.h"
#include "support/process.h"

namespace comcat::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

constexpr WallTime kNow{std::chrono::hours(24 * 365 * 50)};

class HistoryFile : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Database>> open() {
    return Database::open({directory_.path()}, kNow);
  }
  std::string path(const std::string& name = "history.db") const { return directory_.file(name); }
  unsigned mode(const std::string& name) const {
    struct stat found {};
    return ::stat(path(name).c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
  }
  std::string bytes(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }
  std::vector<std::string> moved_aside() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      const std::string name = entry.path().filename();
      if (name.find(".corrupt-") != std::string::npos) out.push_back(name);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  static void say(Database& database, const std::string& text) {
    const Append append{"lobby", "an", text};
    EXPECT_TRUE(database.append({&append}, kNow).ok());
  }

  TemporaryDirectory directory_;
};

TEST_F(HistoryFile, AndWhatSqliteKeepsBesideItAreNobodyElses) {
  const mode_t before = ::umask(0);
  const auto database = open();
  ASSERT_TRUE(database.ok()) << database.status();
  say(**database, "hello");
  ::umask(before);
  EXPECT_EQ(0600U, mode("history.db"));
  EXPECT_EQ(0600U, mode("history.db-wal"));
  EXPECT_EQ(0600U, mode("history.db-shm"));
}

TEST_F(HistoryFile, ThatOthersMayReadIsClosedToThem) {
  { ASSERT_TRUE(open().ok()); }
  ::chmod(path().c_str(), 0644);
  const auto database = open();
  ASSERT_TRUE(database.ok());
  EXPECT_EQ(0600U, mode("history.db"));
}

TEST_F(HistoryFile, ThatIsALinkIsNotFollowed) {
  fs::create_symlink(path("elsewhere"), path());
  const auto database = open();
  ASSERT_FALSE(database.ok());
  EXPECT_THAT(std::string(database.status().message()), HasSubstr("it is a symbolic link; "));
  EXPECT_FALSE(fs::exists(path("elsewhere")));
}

TEST_F(HistoryFile, MayStandInADirectoryThatIsALink) {
  fs::create_directory(path("private"));
  fs::create_directory_symlink(path("private"), path("state"));
  const auto database = Database::open({path("state")}, kNow);
  EXPECT_TRUE(database.ok()) << database.status();
  EXPECT_TRUE(fs::exists(path("private/history.db")));
}

TEST_F(HistoryFile, ThatIsADirectoryIsSaid) {
  fs::create_directory(path());
  const auto database = open();
  ASSERT_FALSE(database.ok());
  EXPECT_THAT(std::string(database.status().message()), HasSubstr("--history_hours 0"));
}

TEST_F(HistoryFile, OfAnotherProgramIsLeftAlone) {
  sqlite3* other = nullptr;
  ASSERT_EQ(SQLITE_OK, sqlite3_open(path().c_str(), &other));
  ASSERT_EQ(SQLITE_OK, sqlite3_exec(other, "CREATE TABLE a (b)", nullptr, nullptr, nullptr));
  sqlite3_close(other);
  const auto database = open();
  ASSERT_FALSE(database.ok());
  EXPECT_THAT(std::string(database.status().message()),
              HasSubstr("history.db is the database of another program; move it away"));
}

TEST_F(HistoryFile, OfALaterVersionIsLeftAlone) {
  { ASSERT_TRUE(open().ok()); }
  sqlite3* later = nullptr;
  ASSERT_EQ(SQLITE_OK, sqlite3_open(path().c_str(), &later));
  ASSERT_EQ(SQLITE_OK, sqlite3_exec(later, "PRAGMA user_version = 2", nullptr, nullptr, nullptr));
  sqlite3_close(later);
  const auto database = open();
  ASSERT_FALSE(database.ok());
  EXPECT_THAT(std::string(database.status().message()), HasSubstr("of a newer comcat-server"));
}

TEST_F(HistoryFile, ThatIsDamagedIsMovedAsideWholeAndANewOneBegun) {
  const std::string damage(8192, 'x');
  std::ofstream(path(), std::ios::binary) << damage;
  {
    const auto database = open();
    ASSERT_TRUE(database.ok()) << database.status();
    say(**database, "hello");
  }
  ASSERT_EQ(1U, moved_aside().size());
  EXPECT_EQ(damage, bytes(moved_aside()[0]));
  EXPECT_EQ(0600U, mode("history.db"));
}

TEST_F(HistoryFile, DamagedASecondTimeInOneSecondOverwritesNothing) {
  std::ofstream(path(), std::ios::binary) << std::string(8192, 'x');
  { ASSERT_TRUE(open().ok()); }
  std::ofstream(path(), std::ios::binary) << std::string(8192, 'y');
  { ASSERT_TRUE(open().ok()); }
  ASSERT_EQ(2U, moved_aside().size());
  EXPECT_EQ(std::string(8192, 'x'), bytes(moved_aside()[0]));
  EXPECT_EQ(std::string(8192, 'y'), bytes(moved_aside()[1]));
}

TEST_F(HistoryFile, DamagedInTheMiddleIsFoundAtTheStart) {
  {
    const auto database = open();
    ASSERT_TRUE(database.ok());
    for (int i = 0; i < 100; ++i) say(**database, std::string(1000, 'x'));
  }
  {
    std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096 * 4);
    file << std::string(4096, '\xff');
  }
  const auto database = open();
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_EQ(1U, moved_aside().size());
}

TEST_F(HistoryFile, OfNoBytesAsACrashLeavesItIsBegun) {
  std::ofstream(path(), std::ios::binary).flush();
  EXPECT_TRUE(open().ok());
  EXPECT_TRUE(moved_aside().empty());
}

}  // namespace
}  // namespace comcat::store
