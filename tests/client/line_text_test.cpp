// Where the line being typed stands on the screen.

#include "client/line_text.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

constexpr const char* kWide = "\xE8\xAA\x9E";  // U+8A9E

std::string wide(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += kWide;
  return out;
}

class LineText : public ::testing::Test {
 protected:
  LineText() { use_utf8(); }
};

TEST_F(LineText, AFullRowPutsTheCursorOnTheNextOne) {
  EXPECT_EQ(0U, rows_above_cursor("", "", 80));
  EXPECT_EQ(0U, rows_above_cursor("> " + std::string(77, 'x'), "", 80));
  EXPECT_EQ(1U, rows_above_cursor("> " + std::string(78, 'x'), "", 80));
  EXPECT_EQ(1U, rows_above_cursor("> " + std::string(157, 'x'), "", 80));
  EXPECT_EQ(2U, rows_above_cursor("> " + std::string(158, 'x'), "", 80));
}

TEST_F(LineText, AWideCharacterIsNeverCutInTwo) {
  EXPECT_EQ(1U, rows_above_cursor("> " + wide(39), "", 80)) << "they fill the row";
  // 19 beside the prompt, then 20 a row: the 41st column stays empty.
  EXPECT_EQ(0U, rows_above_cursor("> " + wide(19), "", 41));
  EXPECT_EQ(1U, rows_above_cursor("> " + wide(20), "", 41));
  EXPECT_EQ(1U, rows_above_cursor("> " + wide(39), "", 41));
  EXPECT_EQ(2U, rows_above_cursor("> " + wide(58), "", 41));
  EXPECT_EQ(3U, rows_above_cursor("> say " + wide(58), "", 41));
}

TEST_F(LineText, TheCursorOnAWideCharacterGoesWithIt) {
  EXPECT_EQ(1U, rows_above_cursor("> " + wide(19), wide(1), 41));
  EXPECT_EQ(0U, rows_above_cursor("> " + wide(19), "x" + wide(1), 41));
  EXPECT_EQ(1U, rows_above_cursor("> " + wide(20), wide(1), 41));
}

TEST_F(LineText, WhatCtrlRLooksForIsARowBelow) {
  EXPECT_EQ(1U, rows_above_cursor("> say hello\nbck:he", "", 80));
  EXPECT_EQ(0U, rows_above_cursor("> say ", "hello\nbck:he", 80));
  EXPECT_EQ(2U, rows_above_cursor("> " + std::string(78, 'x') + "\nbck:", "", 80));
}

TEST_F(LineText, RowsThatEndInBlanksOrBeforeAWideCharacterAreJoinedByTheirEnds) {
  const auto joined = [](const std::string& line, std::size_t columns) {
    std::string out;
    for (const RowEnd& end : unjoined_rows(line, columns)) {
      out += std::to_string(end.row) + "," + std::to_string(end.column) + ":" + end.text + ";";
    }
    return out;
  };
  EXPECT_EQ("", joined("> xxxxxxxx xx xxxx", 10)) << "libedit writes over the ends of these";
  EXPECT_EQ("", joined("> xxx ", 10));
  EXPECT_EQ("0,9: y;", joined("> xxxxxxx yy", 10));
  EXPECT_EQ("0,9: y;1,9: z;", joined("> xxx     yyyyyyyy  zz", 10));
  EXPECT_EQ("0,9:  ;1,9: x;", joined("> x" + std::string(17, ' ') + "x", 10));
  EXPECT_EQ("0,9:  ;", joined("> xxxxxxx ", 10)) << "the cursor is in the next row";
  EXPECT_EQ("0,10:" + wide(1) + ";", joined("> " + wide(5), 11));
  EXPECT_EQ("", joined("> " + wide(5), 10));
}

TEST_F(LineText, LongLinesAreBrokenBetweenWords) {
  EXPECT_EQ("one two\n  three\n", broken_between_words("one two three\n", 10));
  EXPECT_EQ("one two\n", broken_between_words("one two\n", 7));
  EXPECT_EQ("  one\n    two\n\nx\n", broken_between_words("  one two\n\nx\n", 8));
  EXPECT_EQ(wide(2) + "\n  " + wide(3) + "\n",
            broken_between_words(wide(2) + " " + wide(3) + "\n", 9));
  const std::string address(25, 'x');  // which stays whole for whoever copies it
  EXPECT_EQ("see\n  " + address + "\n  it\n", broken_between_words("see " + address + " it\n", 10));
}

TEST_F(LineText, AListHasASecondColumnOnlyWhereThatLeavesItHalfOfTheRow) {
  const std::string list = "  mute       nobody hears you any more\n             or so\n";
  EXPECT_EQ(list, broken_between_words(list, 40));
  EXPECT_EQ("  mute       nobody hears\n             you any more\n             or so\n",
            broken_between_words(list, 26));
  EXPECT_EQ("  mute  nobody hears you\n    any more\n    or so\n", broken_between_words(list, 25));
}

TEST_F(LineText, AWordThatNoRowHoldsIsBrokenAnywhere) {
  EXPECT_EQ("<an> " + wide(2) + "\n  " + wide(4) + "\n  " + wide(1) + "\n",
            broken_between_words("<an> " + wide(7) + "\n", 10));
  EXPECT_EQ("x\xFF\xFF\xFF\n  \xFF\n", broken_between_words("x\xFF\xFF\xFF\xFF\n", 4));
}

TEST_F(LineText, NoTextBeginsARowAsALineOfOursDoes) {
  const std::string forged = "<server> you are muted";
  for (const std::string& padding :
       {std::string(70, ' '), std::string(70, 'x'), std::string(70, 'x') + " ", wide(35),
        std::string(70, '<'), std::string(65, ' ') + "\u00A0\u00A0\u00A0"}) {
    for (std::size_t columns = 20; columns <= 90; ++columns) {
      std::istringstream rows(broken_between_words("<an> " + padding + forged, columns));
      std::string row;
      for (int i = 0; std::getline(rows, row); ++i) {
        EXPECT_EQ(i > 0, row.starts_with("  ")) << columns;
        const bool is_left_to_the_terminal = row.find("xx") != std::string::npos;
        EXPECT_TRUE(is_left_to_the_terminal || rows_above_cursor(row, "", columns + 1) == 0) << row;
      }
    }
  }
}

TEST_F(LineText, CombiningMarksTakeNoColumnAndMalformedBytesOne) {
  EXPECT_EQ(0U, rows_above_cursor("e\xCC\x81xxx", "", 5));
  EXPECT_EQ(1U, rows_above_cursor("e\xCC\x81xxxx", "", 5));
  EXPECT_EQ(1U, rows_above_cursor("\xFFxxxx", "\xFF", 5));
}

}  // namespace
}  // namespace comcat::client
