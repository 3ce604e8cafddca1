#include "comcat/base/log.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "comcat/base/text.h"

namespace comcat::base {
namespace {

std::string logged(const std::function<void()>& what) {
  ::testing::internal::CaptureStderr();
  what();
  return ::testing::internal::GetCapturedStderr();
}

/// Until it is destroyed stderr is a pipe that holds one write and that only the test reads.
class SmallPipe {
 public:
  SmallPipe() : before_(::dup(STDERR_FILENO)) {
    EXPECT_EQ(0, ::pipe2(ends_.data(), O_CLOEXEC));
    EXPECT_GT(::fcntl(ends_[1], F_SETPIPE_SZ, PIPE_BUF), 0);
    ::dup2(ends_[1], STDERR_FILENO);
  }
  SmallPipe(const SmallPipe&) = delete;
  SmallPipe& operator=(const SmallPipe&) = delete;
  ~SmallPipe() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(ends_[1]);
    if (ends_[0] >= 0) ::close(ends_[0]);
  }

  /// What has come since it was read last; waits for something.
  [[nodiscard]] std::string read() const {
    std::array<char, 2 * PIPE_BUF> bytes{};
    const ssize_t got = ::read(ends_[0], bytes.data(), bytes.size());
    return {bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  void hang_up() {
    ::close(ends_[0]);
    ends_[0] = -1;
  }

 private:
  const int before_;
  std::array<int, 2> ends_{};
};

TEST(Log, WritesKeyValueLines) {
  const std::string line = logged([] {
    log(LogLevel::kInfo, "joined", {{"session", 7}, {"name", "an"}});
  });
  EXPECT_NE(std::string::npos, line.find(" info joined session=7 name=an\n")) << line;
}

TEST(Log, QuotesValuesWithSpacesAndDefusesControlCharacters) {
  const std::string line = logged([] {
    log(LogLevel::kInfo, "renamed", {{"name", "a \"b\"\n\x1b[2J"}, {"empty", ""}});
  });
  EXPECT_NE(std::string::npos, line.find("name=\"a \\\"b\\\"\uFFFD\uFFFD[2J\" empty=\"\"\n"))
      << line;
  EXPECT_EQ(1, std::count(line.begin(), line.end(), '\n'));
}

TEST(Log, DropsLinesBelowItsLevel) {
  EXPECT_EQ("", logged([] { log(LogLevel::kDebug, "detail"); }));
}

TEST(Log, AStormOfOneEventDoesNotDrownTheOthers) {
  const std::string lines = logged([] {
    for (int i = 0; i < 1000; ++i) log(LogLevel::kWarning, "storm");
    log(LogLevel::kInfo, "calm");
  });
  EXPECT_LE(std::count(lines.begin(), lines.end(), '\n'), 41 + 1);  // the second may turn once
  EXPECT_NE(std::string::npos, lines.find(" calm\n"));
}

TEST(Log, APipeThatNobodyReadsLosesLinesAndHoldsNobodyUp) {
  const SmallPipe pipe;
  log(LogLevel::kInfo, "written");
  for (int i = 0; i < 3; ++i) log(LogLevel::kInfo, "unread");
  EXPECT_NE(std::string::npos, pipe.read().find(" info written\n"));
  log(LogLevel::kInfo, "read again");
  EXPECT_NE(std::string::npos, pipe.read().find(" info read again lost=3\n"));
  log(LogLevel::kInfo, "all is well");
  EXPECT_NE(std::string::npos, pipe.read().find(" info all is well\n"));
}

TEST(Log, ALongLineIsCutBetweenCharactersToWhatAPipeTakesWhole) {
  std::string name;
  for (int i = 0; i < 250; ++i) name += "\u00e9";
  for (const char* event : {"even", "odder"}) {  // in one of them the cut would split a character
    const SmallPipe pipe;
    log(LogLevel::kInfo, "before");
    log(LogLevel::kInfo, "unread");
    EXPECT_EQ(1, std::ranges::count(pipe.read(), '\n'));
    log(LogLevel::kInfo, event,
        {{"a", name},
         {"b", name},
         {"c", name},
         {"d", name},
         {"e", name},
         {"f", name},
         {"g", name},
         {"h", name},
         {"i", name}});
    std::string line = pipe.read();
    EXPECT_LE(line.size(), static_cast<std::size_t>(PIPE_BUF));
    EXPECT_GE(line.size(), static_cast<std::size_t>(PIPE_BUF - 1));
    EXPECT_TRUE(line.ends_with("\u00e9 lost=1\n")) << line;
    line.pop_back();
    EXPECT_TRUE(is_safe_text(line)) << line;
  }
}

TEST(Log, AReaderWhoHasGoneHarmsNobody) {
  SmallPipe pipe;
  pipe.hang_up();
  log(LogLevel::kInfo, "to nobody");  // SIGPIPE would end this test
}

TEST(Log, ThreadsThatLogAtOnceDoNotFillThePipeForEachOther) {
  const SmallPipe pipe;
  std::vector<std::jthread> threads;
  for (const char* event : {"one", "two", "three", "four"}) {
    threads.emplace_back([event] {
      for (int i = 0; i < 20; ++i) log(LogLevel::kInfo, event, {{"text", std::string(400, 'x')}});
    });
  }
  threads.clear();  // all of them have returned
  EXPECT_EQ(1, std::ranges::count(pipe.read(), '\n'));
}

[[noreturn]] void log_to_a_terminal_that_nobody_reads() {
  ::alarm(20);  // should it wait
  const int reader = ::posix_openpt(O_RDWR | O_NOCTTY);
  ::grantpt(reader);
  ::unlockpt(reader);
  ::dup2(::open(::ptsname(reader), O_WRONLY | O_NOCTTY), STDERR_FILENO);
  for (int i = 0; i < 1000; ++i) {  // each event has lines of its own
    log(LogLevel::kInfo, "event" + std::to_string(i), {{"text", std::string(200, 'x')}});
  }
  ::_exit(0);
}

TEST(LogDeathTest, ATerminalThatNobodyReadsIsNotWaitedFor) {
  GTEST_FLAG_SET(death_test_style,
                 "threadsafe");  // a process of its own, with an stderr of its own
  EXPECT_EXIT(log_to_a_terminal_that_nobody_reads(), ::testing::ExitedWithCode(0), "");
}

TEST(Log, KnowsTheNamesOfItsLevels) {
  LogLevel level = LogLevel::kInfo;
  EXPECT_TRUE(parse_log_level("error", level));
  EXPECT_EQ(LogLevel::kError, level);
  EXPECT_FALSE(parse_log_level("loud", level));
}

}  // namespace
}  // namespace comcat::base
