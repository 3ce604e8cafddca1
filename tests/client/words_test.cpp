// The table of words, and what is made of it.

#include "comcat/client/words.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "comcat/client/command.h"

namespace comcat::client {
namespace {

using ::testing::HasSubstr;

std::string readme() {
  std::ifstream file(COMCAT_README);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Words, TheReadmeHasTheTableAsTheProgramHasIt) {
  EXPECT_THAT(readme(), HasSubstr("| word | does |\n|---|---|\n" + command_table() + "\n"));
}

TEST(Words, HelpFitsATerminalOf80Columns) {
  const std::string help = command_help();
  for (std::size_t at = 0; at < help.size();) {
    const std::size_t end = std::min(help.find('\n', at), help.size());
    EXPECT_LE(end - at, 80U) << help.substr(at, end - at);
    at = end + 1;
  }
}

TEST(Words, WhatHelpSaysOfAWordsArgumentsIsHowTheyAreRead) {
  const std::vector<Argument> kick = arguments_of(*find_word("kick"));
  ASSERT_EQ(3U, kick.size());
  EXPECT_EQ("name", kick[0].name);
  EXPECT_EQ(ArgumentKind::kPerson, kick[0].kind);
  EXPECT_FALSE(kick[0].optional);
  EXPECT_EQ("for", kick[1].name);
  EXPECT_EQ("for", kick[1].keyword);
  EXPECT_EQ(ArgumentKind::kWord, kick[1].kind);
  EXPECT_TRUE(kick[1].optional);
  EXPECT_EQ("because", kick[2].name);
  EXPECT_EQ(ArgumentKind::kText, kick[2].kind);
  const std::vector<Argument> rooms = arguments_of(*find_word("rooms"));
  ASSERT_EQ(1U, rooms.size());
  EXPECT_EQ(ArgumentKind::kItself, rooms[0].kind);
  EXPECT_TRUE(arguments_of(*find_word("stop")).empty());
}

TEST(Words, AnArgumentThatHelpShowsAsNeededIsAskedFor) {
  for (const ConsoleWord& word : console_words()) {
    const std::vector<Argument> arguments = arguments_of(word);
    const bool needs = !arguments.empty() && !arguments.front().optional;
    EXPECT_EQ(needs, !parse_command(word.word).ok()) << word.word;
  }
}

}  // namespace
}  // namespace comcat::client
