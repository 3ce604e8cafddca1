#include "comcat/base/unicode.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace comcat::base {
namespace {

const std::string kComposed = "Nguy\u1EC5n \u00C2n";
const std::string kDecomposed = "Nguye\u0302\u0303n A\u0302n";

TEST(NormalForm, IsOneForTheKeyboardsOfLinuxAndMacOs) {
  ASSERT_NE(kComposed, kDecomposed);
  EXPECT_EQ(kComposed, to_nfc(kDecomposed));
  EXPECT_EQ(kComposed, to_nfc(kComposed));
  EXPECT_EQ("\uD55C", to_nfc("\u1112\u1161\u11AB"));  // jamo make a syllable
}

TEST(NormalForm, KeepsWidthsAndLigaturesAsTheyWereTyped) {
  for (const char* text : {"Ａｎ", "ﬁ", "Ⅷ", ""}) EXPECT_EQ(text, to_nfc(text));
}

TEST(NormalForm, LeavesBytesThatAreNoUtf8Alone) {
  for (const char* text : {"\xFF", "e\xCC", "\xED\xA0\x80"}) EXPECT_EQ(text, to_nfc(text));
}

TEST(ComparisonKey, IsOneForWhatPeopleTakeForOne) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"An", "an"},
      {"Ân", "ân"},
      {"ПЁТР", "пётр"},
      {"ΝΊΚΟΣ", "νίκος"},  // with the final sigma
      {"STRASSE", "straße"},
      {"Ａｎ", "an"},  // fullwidth
      {"ﬁ", "fi"},
      {"an  binh", "an binh"},
      {"می\u200Cخواهم", "میخواهم"},
      {"❤\uFE0F", "❤"},
      {"\u1E9E", "ss"},
  };
  for (const auto& [one, other] : kPairs) {
    EXPECT_EQ(comparison_key(one), comparison_key(other)) << one << " " << other;
  }
  EXPECT_EQ(comparison_key(kComposed), comparison_key(kDecomposed));
}

TEST(ComparisonKey, DiffersWherePeopleSeeADifference) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"an", "ân"}, {"an", "an2"}, {"an binh", "anbinh"}, {"и", "й"}, {"日", "曰"}, {"an", "аn"},
  };
  for (const auto& [one, other] : kPairs) {
    EXPECT_NE(comparison_key(one), comparison_key(other)) << one << " " << other;
  }
}

TEST(ComparisonKey, OfAKeyIsTheKey) {
  for (const char* text : {"ΐ", "\u0345\u0301", "ǅ", "İ", "\u00A8", "ﷺ", "\u1E9E", "Ⅷ", "\xFF"}) {
    const std::string key = comparison_key(text);
    EXPECT_EQ(key, comparison_key(key)) << text;
  }
}

TEST(CountGraphemes, CountsWhatUsersSee) {
  EXPECT_EQ(3U, count_graphemes("日本語"));
  EXPECT_EQ(2U, count_graphemes("\xFF\xFE"));
  EXPECT_EQ(0U, count_graphemes(""));
  EXPECT_EQ(9U, count_graphemes(kComposed));
  EXPECT_EQ(9U, count_graphemes(kDecomposed));
  EXPECT_EQ(1U, count_graphemes("👨\u200D👩\u200D👧"));
  EXPECT_EQ(2U, count_graphemes("🇻🇳🇩🇪"));
  EXPECT_EQ(1U, count_graphemes("👍🏽"));
}

TEST(RightToLeft, IsHebrewAndArabicAndNotOthers) {
  for (const char* text : {"שלום", "مرحبا", "an א", "a٣"}) EXPECT_TRUE(has_right_to_left(text));
  for (const char* text : {"an", "Пётр", "日本語", "🐈 1", "", "\xFF"}) {
    EXPECT_FALSE(has_right_to_left(text)) << text;
  }
}

}  // namespace
}  // namespace comcat::base
