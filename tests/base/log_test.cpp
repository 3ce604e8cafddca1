#include "comcat/base/log.h"

#include <algorithm>
#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

std::string logged(const std::function<void()>& what) {
  testing::internal::CaptureStderr();
  what();
  return testing::internal::GetCapturedStderr();
}

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

TEST(Log, KnowsTheNamesOfItsLevels) {
  LogLevel level = LogLevel::kInfo;
  EXPECT_TRUE(parse_log_level("error", level));
  EXPECT_EQ(LogLevel::kError, level);
  EXPECT_FALSE(parse_log_level("loud", level));
}

}  // namespace
}  // namespace comcat::base
