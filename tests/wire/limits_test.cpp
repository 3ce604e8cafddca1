#include "comcat/wire/limits.h"

#include <gtest/gtest.h>

namespace comcat::wire {
namespace {

TEST(Name, AllowsThirtyTwoCharactersOfAnyScript) {
  EXPECT_TRUE(check_name("an").ok());
  EXPECT_TRUE(check_name("Nguyễn Ân").ok());
  std::string cats;
  for (int i = 0; i < 32; ++i) cats += "🐈";
  EXPECT_TRUE(check_name(cats).ok());
}

TEST(Name, IsCountedAsUsersCount) {
  std::string decomposed;  // as a keyboard of macOS writes 29 letters
  for (int i = 0; i < 29; ++i) decomposed += "o\u031B\u0323";
  const auto name = normal_name(decomposed);
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(29U * 3, name->size());
  EXPECT_FALSE(check_name(decomposed + "abcd").ok());
  EXPECT_TRUE(check_name("👨\u200D👩\u200D👧 👨\u200D👩\u200D👧").ok());
}

TEST(Name, IsBoundedInBytesToo) {
  std::string families;
  for (int i = 0; i < 8; ++i) families += "👨\u200D👩\u200D👧";
  EXPECT_EQ("the name has 144 bytes; at most 128 are allowed",
            std::string(check_name(families).message()));
  EXPECT_EQ("the name has 100000 bytes; at most 128 are allowed",
            std::string(check_name(std::string(100'000, 'a')).message()));
}

TEST(Name, ComesOutInNormalFormC) {
  EXPECT_EQ("\u00C2n", *normal_name("A\u0302n"));
  EXPECT_EQ("Ａn", *normal_name("Ａn"));
}

TEST(Name, RefusesWhatCannotBeShownOnATerminal) {
  for (const char* name : {"", "a\nb", "\x1b[31mred", "a\u202Eb", "\xFF", " an", "an "}) {
    EXPECT_FALSE(check_name(name).ok()) << name;
  }
  EXPECT_FALSE(check_name(std::string(33, 'a')).ok());
}

TEST(Name, SaysWhatIsWrong) {
  EXPECT_EQ("the room has 33 characters; at most 32 are allowed",
            std::string(check_name(std::string(33, 'a'), "room").message()));
}

TEST(Passcode, IsPrintableAscii) {
  EXPECT_TRUE(check_passcode("hunter2").ok());
  EXPECT_TRUE(check_passcode("correct horse!").ok());
  for (const char* passcode : {"", "naïve", "tab\t", " padded"}) {
    EXPECT_FALSE(check_passcode(passcode).ok()) << passcode;
  }
  EXPECT_FALSE(check_passcode(std::string(257, 'x')).ok());
}

TEST(Passcode, IsNeverPartOfTheSentence) {
  const std::string sentence(check_passcode("hunter2\n").message());
  EXPECT_EQ(std::string::npos, sentence.find("hunter2"));
}

TEST(Text, IsBounded) {
  EXPECT_TRUE(check_text("hello there").ok());
  EXPECT_FALSE(check_text("").ok());
  EXPECT_FALSE(check_text("a\x07").ok());
  EXPECT_FALSE(check_text(std::string(2001, 'x')).ok());
}

TEST(Text, OfAFloodOfAccentsIsRefusedWithASentence) {
  std::string flood = "a";
  for (int i = 0; i < 100; ++i) flood += "\u0301";
  EXPECT_EQ(
      "the text holds control, invisible or malformed characters, or more than 8 accents on "
      "one letter",
      std::string(check_text(flood).message()));
  EXPECT_TRUE(check_text("Ngu\u0303ye\u0302\u0303n, \u05E9\u05C1\u05B0\u05B7").ok());
}

}  // namespace
}  // namespace comcat::wire
