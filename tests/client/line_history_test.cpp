// What is remembered of what was typed.

#include "comcat/client/line_history.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "support/process.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Lines = std::vector<std::string>;

class TypedLines : public ::testing::Test {
 protected:
  [[nodiscard]] LineHistory client() {
    return LineHistory({directory_.path() + "/state", {"hunter2"}, [this](std::string sentence) {
                          told_.push_back(std::move(sentence));
                        }});
  }
  [[nodiscard]] std::string path() const { return directory_.path() + "/state/console_history"; }
  [[nodiscard]] std::string contents() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const {
    std::filesystem::create_directories(directory_.path() + "/state");
    std::ofstream(path()) << text;
  }

  const testing::TemporaryDirectory directory_;
  Lines told_;
};

TEST_F(TypedLines, LastsOverRunsForTheUserAlone) {
  LineHistory first = client();
  EXPECT_THAT(first.load(), IsEmpty());
  for (const char* line : {"who", "say hello", "say hello", "rooms"}) first.add(line);
  EXPECT_THAT(client().load(), ElementsAre("who", "say hello", "rooms"));
  struct stat info {};
  ASSERT_EQ(0, ::stat(path().c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(TypedLines, HasNoPasscodeAndNothingThatWasForOnePerson) {
  LineHistory history = client();
  for (const char* line : {"hunter2", "say it is hunter2.", "msg an secret", "/MSG an secret",
                           "  msg an secret", "say fine"}) {
    history.add(line);
  }
  history.keep_out("let us in");  // of a room, typed in the call
  history.keep_out("");
  history.add("say the words are let us in");
  history.add("say more");
  EXPECT_EQ("say fine\nsay more\n", contents());
}

TEST_F(TypedLines, HasTheNewest500Lines) {
  std::string old;
  for (int i = 0; i < 2000; ++i) old += "say " + std::to_string(i) + "\n";
  write(old);
  EXPECT_THAT(client().load(), SizeIs(500));
  client().add("who");
  const Lines now = client().load();
  EXPECT_THAT(now, SizeIs(500));
  EXPECT_EQ("say 1501", now.front());
  EXPECT_EQ("who", now.back());
  EXPECT_EQ(500, std::ranges::count(contents(), '\n'));
}

TEST_F(TypedLines, OfManyClientsAtOnceLosesNoLine) {
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, i] {
      LineHistory history = client();
      for (int line = 0; line < 120; ++line) {
        history.add("say " + std::to_string(i) + " " + std::to_string(line));
      }
    });
  }
  for (std::thread& it : clients) it.join();
  Lines lines = client().load();
  EXPECT_THAT(lines, SizeIs(480));
  std::ranges::sort(lines);
  EXPECT_TRUE(std::ranges::adjacent_find(lines) == lines.end());
}

TEST_F(TypedLines, WhatOthersMayWriteIsNotBelieved) {
  write("stop\n");
  std::filesystem::permissions(path(), std::filesystem::perms{0666});
  LineHistory history = client();
  EXPECT_THAT(history.load(), IsEmpty());
  history.add("who");
  EXPECT_EQ("stop\n", contents());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("is not believed: others than its owner")));
}

TEST_F(TypedLines, LinesThatWouldConfuseTheTerminalArePassedOver) {
  write(std::string("who\n\x1b[31mred\n\n") + std::string("a\0b", 3) + "\n\xFF\n" +
        std::string(1001, 'x') + "\nrooms");
  EXPECT_THAT(client().load(), ElementsAre("who", "rooms"));
}

TEST_F(TypedLines, OfADirectoryThatCannotBeMadeIsToldOnce) {
  const std::string file = directory_.path() + "/file";
  std::ofstream{file} << "x";
  LineHistory history(
      {file + "/state", {}, [this](std::string text) { told_.push_back(std::move(text)); }});
  EXPECT_THAT(history.load(), IsEmpty());
  history.add("who");
  history.add("rooms");
  EXPECT_THAT(told_, ElementsAre(HasSubstr("what you type is not remembered beyond this run")));
}

}  // namespace
}  // namespace comcat::client
