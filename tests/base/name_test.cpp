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
