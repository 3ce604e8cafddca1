#include "comcat/client/memory.h"

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

const ServerMemory kMemory{
    "attic", true, {{"an", "key:9f86d081884c7d65", 80, false}, {"b\u00ecnh", "", 100, true}}};

class Remembered : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return directory_.path() + "/state/remembered"; }
  [[nodiscard]] std::string text(const std::string& path) const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void spoil(const std::string& text) const {
    fs::create_directories(directory_.path() + "/state");
    std::ofstream(path()) << text;
    fs::permissions(path(), fs::perms::owner_read | fs::perms::owner_write);
  }

  const testing::TemporaryDirectory directory_;
  const MemoryFile file_{directory_.path() + "/state"};
};

TEST_F(Remembered, OfAServerThatWasNeverCalledIsNothing) {
  const auto memory = file_.read("a:1");
  ASSERT_TRUE(memory.ok()) << memory.status();
  EXPECT_TRUE(memory->is_empty());
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(Remembered, IsThereTheNextTimeAndItsOwnersAlone) {
  ASSERT_TRUE(file_.write("a:1", kMemory).ok());
  ASSERT_TRUE(file_.write("b:1", {"den", false, {}}).ok());
  EXPECT_EQ(kMemory, *file_.read("a:1"));
  EXPECT_EQ("den", file_.read("b:1")->room);
  struct stat info {};
  ASSERT_EQ(0, ::stat(path().c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 07777U);
}

TEST_F(Remembered, IsForgottenServerByServer) {
  ASSERT_TRUE(file_.write("a:1", kMemory).ok());
  ASSERT_TRUE(file_.write("b:1", kMemory).ok());
  ASSERT_TRUE(file_.write("a:1", {}).ok());
  EXPECT_TRUE(file_.read("a:1")->is_empty());
  EXPECT_EQ(kMemory, *file_.read("b:1"));
}

TEST_F(Remembered, ThatIsDamagedIsKeptAsideAndToldOnce) {
  spoil("no memory\n");
  const auto memory = file_.read("a:1");
  EXPECT_THAT(std::string(memory.status().message()),
              HasSubstr("is damaged; it is kept as " + path() + ".damaged"));
  EXPECT_EQ("no memory\n", text(path() + ".damaged"));
  EXPECT_TRUE(file_.read("a:1").ok());
  spoil("nor is this\n");
  EXPECT_FALSE(file_.read("a:1").ok());
  EXPECT_EQ("no memory\n", text(path() + ".damaged")) << "nothing is written over";
  EXPECT_EQ("nor is this\n", text(path() + ".damaged-2"));
}

TEST_F(Remembered, ThatWasDamagedMeanwhileIsNotWrittenOver) {
  spoil("no memory\n");
  EXPECT_FALSE(file_.write("a:1", kMemory).ok());
  EXPECT_EQ("no memory\n", text(path()));
}

TEST_F(Remembered, OfManyProgramsAtOnceIsAllOfIt) {
  {
    std::vector<std::jthread> programs;
    for (int i = 0; i < 8; ++i) {
      programs.emplace_back([this, i] {
        EXPECT_TRUE(file_.write("server" + std::to_string(i) + ":1", kMemory).ok());
      });
    }
  }
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(kMemory, *file_.read("server" + std::to_string(i) + ":1"));
  }
}

TEST(Memory, KeepsAHundredServersTheLatestOnes) {
  Memory memory;
  for (int i = 0; i < 150; ++i) memory.set("server" + std::to_string(i), kMemory);
  EXPECT_EQ(Memory::kMaxServers, memory.servers.size());
  EXPECT_TRUE(memory.of("server49").is_empty());
  EXPECT_FALSE(memory.of("server50").is_empty());
}

TEST(Memory, OfOtherTextsIsNone) {
  EXPECT_FALSE(parse_memory("").ok());
  EXPECT_FALSE(parse_memory("comcat remembers 1").ok()) << "it was cut short";
  EXPECT_FALSE(parse_memory("comcat remembers 2\n").ok());
  EXPECT_FALSE(parse_memory("comcat remembers 1\nmuted\n").ok()) << "where?";
  EXPECT_FALSE(parse_memory("comcat remembers 1\nserver\ta:1\nroom\t\033[2J\n").ok());
  EXPECT_FALSE(parse_memory("comcat remembers 1\nserver\ta:1\nperson\tan\t-\t401\theard\n").ok());
  EXPECT_TRUE(parse_memory("comcat remembers 1\nserver\ta:1\nperson\tan\t-\t400\theard\n").ok());
}

}  // namespace
}  // namespace comcat::client
