// What a terminal adds to a line: colours, the time, the bell.

#include "client/styled.h"

#include <string>

#include <gtest/gtest.h>

#include "client/line_text.h"
#include "client/mention.h"

namespace comcat::client {
namespace {

Report said(const std::string& name, const std::string& text) {
  Report report("said", "<" + name + "> " + text);
  report.subject = name;
  report.is_text = true;
  report.is_for_you = true;
  return report;
}

std::string drawn(const Report& report, const Style& style) {
  return styled(report, report.text, style, absl::FromUnixSeconds(3600), absl::UTCTimeZone());
}

TEST(Styled, ANameHasTheSameColourInAnyLetterCase) {
  const Style style{.colour = true, .many_colours = true};
  const std::string an = drawn(said("an", "hello an"), style);
  EXPECT_EQ(an.find("an\033[m> hello an"), an.size() - std::string("an\033[m> hello an").size());
  const std::string colour = an.substr(0, an.find('a'));
  EXPECT_TRUE(drawn(said("An", "x"), style).starts_with(colour + "An"));
  EXPECT_EQ("<an> x", drawn(said("an", "x"), {}));
}

TEST(Styled, TheTimeComesBeforeWhatIsSaidAndTheBellAfterWhatIsForTheUser) {
  EXPECT_EQ("[01:00] <an> x\a", drawn(said("an", "x"), {.clock = true, .bell = true}));
  EXPECT_EQ("binh joined",
            drawn(Report("joined", "binh joined"), {.clock = true, .bell = true, .colour = true}));
}

TEST(Styled, ColoursTakeNoColumns) {
  use_utf8();
  EXPECT_EQ(7U, width("<\033[38;5;32man\033[m> hi"));
  EXPECT_EQ("<\033[31man\033[m> one\n  two\n",
            broken_between_words("<\033[31man\033[m> one two\n", 9));
}

TEST(Mention, IsANameAsWordsOfItsOwnInAnyLetterCase) {
  for (const char* const text : {"an", "An?", "hello AN, you", "(an)", "x an"}) {
    EXPECT_TRUE(names(text, "an")) << text;
  }
  for (const char* const text : {"", "and", "man", "a n", "\u00E2n"}) {
    EXPECT_FALSE(names(text, "an")) << text;
  }
  EXPECT_TRUE(names("ask anh thu\u031B about it", "Anh Th\u01B0"));
  EXPECT_TRUE(names("where is an, or and an", "an"));
}

}  // namespace
}  // namespace comcat::client
