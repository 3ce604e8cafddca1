#include "comcat/client/device_key.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/process.h"

namespace comcat::client {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class DeviceKey : public ::testing::Test {
 protected:
  [[nodiscard]] std::string state() const { return directory_.path() + "/state/comcat"; }
  [[nodiscard]] std::string path() const { return state() + "/device_key"; }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const {
    fs::create_directories(state());
    std::ofstream(path()) << text;
    fs::permissions(path(), fs::perms::owner_read | fs::perms::owner_write);
  }

  const testing::TemporaryDirectory directory_;
};

TEST_F(DeviceKey, IsMadeAtFirstUseForItsOwnerAloneAndThenStays) {
  const auto made = device_key(state());
  ASSERT_TRUE(made.ok()) << made.status();
  struct stat info {};
  ASSERT_EQ(0, ::stat(path().c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 07777U);
  EXPECT_EQ(1, std::distance(fs::directory_iterator(state()), {})) << "nothing lies beside it";
  const auto again = device_key(state());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(made->public_key(), again->public_key());
}

TEST_F(DeviceKey, OfClientsThatStartAtOnceIsTheSame) {
  std::vector<std::string> keys(8);
  {
    std::vector<std::jthread> clients;
    for (std::string& key : keys) {
      clients.emplace_back([&] {
        const auto made = device_key(state());
        if (made.ok()) key = made->public_key();
      });
    }
  }
  EXPECT_THAT(keys, ::testing::Each(::testing::Eq(keys.front())));
  EXPECT_EQ(base::kPublicKeyBytes, keys.front().size());
}

TEST_F(DeviceKey, ThatIsDamagedIsToldAndLeftAsItIs) {
  write("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ");
  const std::string before = text();
  const auto key = device_key(state());
  EXPECT_THAT(std::string(key.status().message()), HasSubstr("device_key is damaged; put it back"));
  EXPECT_EQ(before, text());
}

TEST_F(DeviceKey, ThatOthersMayReadIsNotUsed) {
  ASSERT_TRUE(device_key(state()).ok());
  fs::permissions(path(), fs::perms::group_read, fs::perm_options::add);
  const auto key = device_key(state());
  EXPECT_THAT(std::string(key.status().message()), HasSubstr("chmod 600 it"));
}

TEST_F(DeviceKey, ThatOthersMayHaveWrittenIsNotUsed) {
  ASSERT_TRUE(device_key(state()).ok());
  fs::permissions(path(), fs::perms::others_write, fs::perm_options::add);
  const auto key = device_key(state());
  EXPECT_THAT(std::string(key.status().message()), HasSubstr("is not believed"));
}

TEST_F(DeviceKey, ThatCannotBeMadeIsToldInOneSentence) {
  const auto key = device_key("/proc/comcat");
  ASSERT_FALSE(key.ok());
  EXPECT_THAT(std::string(key.status().message()), HasSubstr("/proc/comcat"));
}

TEST_F(DeviceKey, IsNoPipeThatSomebodyMayWriteInto) {
  fs::create_directories(state());
  ASSERT_EQ(0, ::mkfifo(path().c_str(), 0600));
  EXPECT_THAT(std::string(device_key(state()).status().message()), HasSubstr("is no file"));
}

}  // namespace
}  // namespace comcat::client
