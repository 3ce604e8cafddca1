#include "comcat/base/name.h"

#include <string>

#include <gtest/gtest.h>

#include "comcat/base/unicode.h"

namespace comcat::base {
namespace {

TEST(Name, IsWrittenInAnyScript) {
  for (const char* name : {"an", "Nguyễn Ân", "日本語", "side room", "Пётр", "שלום", "مرحبا",
                           "हिन्दी", "한글", "🐈", "an (2)", "o'Neill", "עִבְרִית", "สวัสดี"}) {
    EXPECT_EQ("", name_fault(name)) << name;
  }
  EXPECT_EQ("", name_fault(to_nfc("e\u0301")));
}

TEST(Name, HasNoBlankButTheSpaceAndNoMarkWithoutALetter) {
  for (const char* name : {"\u00A0", "an\u00A0", "a\u2003b", "\u2800", "\u3000", "\u0301",
                           "an \u0301", "\u180B", "\u17B4", "\U0001D173", "\x1b", "\u20DD"}) {
    EXPECT_NE("", name_fault(name)) << name;
  }
}

TEST(Name, HasNothingInvisibleAndNothingWithoutMeaning) {
  for (const char* name :
       {"a\u200Bb",   "a\u2060b", "a\u00ADb",    "a\u034Fb", "a\uFEFFb",    "\u115F",
        "\u3164",     "\uFFA0",   "a\U000E0061", "a\uFE01",  "a\U000E0100", "\uE000",
        "\U000F0000", "\uFDD0",   "a\uFFFE",     "\u0378",   "\uFFFC",      "a\u202Eb",
        "a\u2066b",   "a\u200Eb", "a\u2028b",    "a\nb",     "\u0600"}) {
    EXPECT_NE("", name_fault(name)) << name;
  }
  for (const char* name : {"\xFF", "e\xCC", "\xED\xA0\x80"}) EXPECT_NE("", name_fault(name));
}

TEST(Name, KeepsJoinersWhereTheyJoin) {
  for (const char* name : {
           "می\u200Cخواهم",                          // Persian: between letters that would join
           "ന\u0D4D\u200D",                          // Malayalam: after a virama
           "क\u094D\u200Cष",                         // Hindi: a virama that is to be seen
           "👨\u200D👩\u200D👧",                        // a family
           "🏳\uFE0F\u200D🌈",                   // a flag
           "👩🏽\u200D❤\uFE0F\u200D👨🏿",  // skin tones
           "❤\uFE0F",
           "1\uFE0F\u20E3",
       }) {
    EXPECT_EQ("", name_fault(name)) << name;
  }
}

TEST(Name, MayHoldTheFlagOfAPartOfACountry) {
  const std::string flag = "\U0001F3F4";
  const std::string england = flag + "\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F";
  const std::string scotland =
      flag + "\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F";
  for (const std::string& name : {england, "an " + scotland, england + scotland, england + " an"}) {
    EXPECT_EQ("", name_fault(to_nfc(name))) << name;
    EXPECT_TRUE(is_words(name)) << name;
  }
  EXPECT_EQ(1U, count_graphemes(england));
  EXPECT_NE(comparison_key(england), comparison_key(scotland));
  for (const std::string& name :
       {flag + "\U000E0067\U000E0062", england.substr(0, england.size() - 4), flag + "\U000E007F",
        flag + "\U000E0067\U000E0062\U000E007F", england + "\U000E007F", england.substr(4),
        flag + "\U000E0047\U000E0042\U000E0045\U000E007F", "a" + england.substr(4)}) {
    EXPECT_NE("", name_fault(name)) << name;
  }
}

TEST(Name, KeepsTheFormsOfIdeographsAndMongolianLetters) {
  for (const char* name : {"葛\U000E0100城", "邉\U000E0101", "神\uFE00", "ᠬ\u180Bᠠ", "ᠨ\u180Eᠠ"}) {
    EXPECT_EQ("", name_fault(to_nfc(name))) << name;
    EXPECT_TRUE(is_words(to_nfc(name))) << name;
  }
  EXPECT_EQ(comparison_key("葛\U000E0100城"), comparison_key("葛城"));
  for (const char* name : {"葛\U000E0100\U000E0101", "a\U000E0100", "あ\U000E0100", "\u180B",
                           "a\u180E", "葛\u180B", "🐈\uFE00"}) {
    EXPECT_NE("", name_fault(name)) << name;
  }
}

TEST(Name, HasNoJoinerWhereNothingIsJoined) {
  for (const char* name :
       {"a\u200Cn", "a\u200Dn", "\u200Dan", "an\u200C", "🐈\u200D", "\u200D🐈", "🐈\u200Dan",
        "یم\u200D", "م\u200C", "an\uFE0F", "\uFE0F", "م\u200Ca", "دد\u200Cد \u200C"}) {
    EXPECT_NE("", name_fault(name)) << name;
  }
}

TEST(Name, HasNoMarksThatGrowOverOtherLines) {
  std::string flood = "a";
  for (std::size_t i = 0; i < kMaxMarks; ++i) flood += "\u0336";
  EXPECT_EQ("", name_fault(flood));
  EXPECT_NE("", name_fault(flood + "\u0336"));
}

TEST(Name, HasNoJamoThatMakeNoSyllable) {
  EXPECT_EQ("", name_fault(to_nfc("\u1112\u1161\u11AB")));
  EXPECT_EQ("", name_fault("ㅋㅋ"));
  for (const char* name : {"\u1100", "\u1100\u1100", "\u1161", "\uD7B0"}) {
    EXPECT_NE("", name_fault(name)) << name;
  }
}

TEST(Name, MayHoldEmojiNewerThanTheLibrary) {
  EXPECT_EQ("", name_fault("\U0001FAE8"));  // of Unicode 15
}

}  // namespace
}  // namespace comcat::base
