// Flag files as people write them.

#include "apps/flag_file.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/process.h"

namespace comcat::apps {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryDirectory;

std::vector<std::string> words_of(const std::string& text) {
  const auto words = parse_flag_file(text, "flags");
  EXPECT_TRUE(words.ok()) << words.status();
  return words.value_or(std::vector<std::string>{});
}

std::string complaint_about(const std::string& text) {
  const auto words = parse_flag_file(text, "client.flags");
  EXPECT_TRUE(absl::IsInvalidArgument(words.status()));
  return std::string(words.status().message());
}

std::string write(const TemporaryDirectory& folder, const std::string& name,
                  const std::string& text) {
  std::ofstream(folder.file(name)) << text;
  return folder.file(name);
}

TEST(FlagFile, ALineIsAFlagHoweverItsBreakIsWritten) {
  EXPECT_THAT(words_of("--json\n\n  -name=an  \n# a comment\n// another\n--room=b c"),
              ElementsAre("--json", "-name=an", "--room=b c"));
  EXPECT_THAT(words_of("--json\r\n--name=an\r\n"), ElementsAre("--json", "--name=an"));
  EXPECT_THAT(words_of("--json\r--name=an\r"), ElementsAre("--json", "--name=an"));
  EXPECT_THAT(words_of("--name an\n--room\tthe cellar\n"),
              ElementsAre("--name=an", "--room=the cellar"));
}

TEST(FlagFile, ACommentAfterAValueIsNoPartOfIt) {
  EXPECT_THAT(words_of("--passcode=hunter2 # of the club\n--json\t# for bots\n--room= # none\n"),
              ElementsAre("--passcode=hunter2", "--json", "--room="));
  EXPECT_THAT(words_of("--passcode=a#b\n--room=#1\n"), ElementsAre("--passcode=a#b", "--room=#1"));
}

TEST(FlagFile, QuotesProtectWhatAValueHolds) {
  EXPECT_THAT(words_of("--passcode=\"a #b\" # c\n--room='\"x\"'\n--name \" an\"\n--input=\n"),
              ElementsAre("--passcode=a #b", "--room=\"x\"", "--name= an", "--input="));
  EXPECT_THAT(words_of("--name=O'Brien\n"), ElementsAre("--name=O'Brien"));
}

TEST(FlagFile, ALineThatIsNoFlagIsToldByItsNumberAndNeverShown) {
  for (const std::string line :
       {"hunter2", "passcode=hunter2", "--passcode=\"hunter2", "--passcode='hunter2' hunter2"}) {
    const std::string said = complaint_about("--json\n" + line + "\n");
    EXPECT_THAT(said, HasSubstr("line 2 of the flag file client.flags"));
    EXPECT_THAT(said, Not(HasSubstr("hunter2")));
  }
}

TEST(FlagFile, ABlankBeforeTheEqualsSignIsTold) {
  EXPECT_THAT(complaint_about("--json\n--name = an\n"),
              HasSubstr("line 2 of the flag file client.flags is not understood: there is a blank "
                        "before the =; write --flag=VALUE"));
}

TEST(FlagFile, OneMayStandOnTheCommandLineAndInAnother) {
  const TemporaryDirectory folder;
  const std::string inner = write(folder, "inner", "\xEF\xBB\xBF--name=an\r\n");
  const std::string outer = write(folder, "outer", "--json\n--flagfile=" + inner + "\n--muted\n");
  const auto words = expand_flag_files({"--room=a", "--flagfile", outer, "--", "--flagfile=x"});
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_THAT(*words,
              ElementsAre("--room=a", "--json", "--name=an", "--muted", "--", "--flagfile=x"));
}

TEST(FlagFile, OneThatIsNotThereOrReadsItselfIsRefused) {
  const TemporaryDirectory folder;
  const std::string circle = folder.file("circle");
  write(folder, "circle", "--flagfile=" + circle + "\n");
  EXPECT_THAT(expand_flag_files({"--flagfile=" + circle}).status().message(),
              HasSubstr("reads itself"));
  EXPECT_THAT(expand_flag_files({"--flagfile=/does/not/exist"}).status().message(),
              HasSubstr("/does/not/exist: No such file"));
}

}  // namespace
}  // namespace comcat::apps
