#include "comcat/base/text.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

TEST(SafeText, KeepsWordsOfAnyScript) {
  for (const char* text : {"an", "Nguyễn Ân", "Пётр", "日本語", "مرحبا", "🐈 cat", ""}) {
    EXPECT_TRUE(is_safe_text(text)) << text;
    EXPECT_EQ(text, safe_text(text));
  }
}

TEST(SafeText, ReplacesEscapeSequences) {
  EXPECT_FALSE(is_safe_text("\x1b[2J"));
  EXPECT_EQ("\uFFFD[2J", safe_text("\x1b[2J"));
}

TEST(SafeText, ReplacesControlCharacters) {
  for (const char c : {'\0', '\a', '\n', '\r', '\t', '\x7f'}) {
    EXPECT_FALSE(is_safe_text(std::string(1, c))) << static_cast<int>(c);
  }
  EXPECT_FALSE(
      is_safe_text("\xC2\x9B"
                   "31m"));  // C1: an 8-bit CSI
}

TEST(SafeText, ReplacesBidirectionalOverridesAndInvisibleCharacters) {
  for (const char* text :
       {"\u202Egnp.exe", "a\u2066b", "a\u200Bb", "a\u2028b", "\uFEFF", "\u00ADx"}) {
    EXPECT_FALSE(is_safe_text(text)) << text;
  }
}

TEST(SafeText, KeepsWhatJoinsLettersAndEmojiWhereAskedTo) {
  for (const char* text : {"❤\uFE0F", "1\uFE0F\u20E3", "👨\u200D👩\u200D👧", "می\u200Cخواهم"}) {
    EXPECT_FALSE(is_safe_text(text)) << text;
    EXPECT_TRUE(is_safe_text(text, Joiners::kKept)) << text;
    EXPECT_EQ(text, safe_text(text, 512, Joiners::kKept));
  }
  EXPECT_FALSE(is_safe_text("a\u200Bb", Joiners::kKept));
}

TEST(SafeText, KeepsFlagsAndFormsOfIdeographsAndNoOtherTags) {
  const std::string england =
      "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F";
  for (const std::string& text : {england, "go " + england + "!", std::string("葛\U000E0100城")}) {
    EXPECT_TRUE(is_safe_text(text, Joiners::kKept)) << text;
    EXPECT_EQ(text, safe_text(text, 512, Joiners::kKept));
    EXPECT_FALSE(is_safe_text(text)) << text;
  }
  for (const std::string& text :
       {england.substr(0, england.size() - 4), england + "\U000E0061", std::string("a\U000E0100"),
        std::string("hi\U000E0068\U000E0069")}) {
    EXPECT_FALSE(is_safe_text(text, Joiners::kKept)) << text;
  }
  EXPECT_EQ("", safe_text(england, england.size() - 1, Joiners::kKept)) << "no half of it";
}

TEST(SafeText, ReplacesBytesThatAreNoUtf8) {
  for (const char* text :
       {"\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\x80"}) {
    EXPECT_FALSE(is_safe_text(text)) << text;
    EXPECT_TRUE(is_safe_text(safe_text(text)));
  }
}

TEST(SafeText, LeavesOutMarksThatWouldGrowOverOtherLines) {
  const auto marks = [](int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += "\u0301";
    return out;
  };
  EXPECT_TRUE(is_safe_text("a" + marks(8) + "b" + marks(8)));
  EXPECT_FALSE(is_safe_text("a" + marks(9)));
  EXPECT_EQ("a" + marks(8) + "b", safe_text("a" + marks(200) + "b"));
  EXPECT_EQ("a" + marks(8) + "\u200D",
            safe_text("a" + marks(8) + "\u200D" + marks(8), 512, Joiners::kKept));
}

TEST(SafeText, IsCutAtACharacter) {
  EXPECT_EQ("日", safe_text("日本", 5));
  EXPECT_EQ("", safe_text("日本", 2));
}

TEST(EditDistance, CountsWhatMustChange) {
  EXPECT_EQ(0U, edit_distance("mute", "mute"));
  EXPECT_EQ(1U, edit_distance("mut", "mute"));
  EXPECT_EQ(2U, edit_distance("mute", "unmute"));
  EXPECT_EQ(4U, edit_distance("", "stop"));
}

}  // namespace
}  // namespace comcat::base
