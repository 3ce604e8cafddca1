// Keys and pastes out of a terminal's bytes.

#include "client/terminal_keys.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/line_text.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Keys as they are, pastes in brackets, F8 for talking.
std::wstring taken(const std::string& bytes) {
  use_utf8();
  TerminalKeys keys(/*talk_key=*/19);
  for (const char byte : bytes) keys.feed(byte);
  std::wstring out;
  while (const auto input = keys.take()) {
    if (const auto* const talk = std::get_if<TalkKey>(&*input)) {
      out += talk->pressed ? L"<down>" : L"<up>";
    } else if (const auto* const answer = std::get_if<TerminalAnswer>(&*input)) {
      out += answer->of_keyboard ? L"<keyboard>" : L"<kind>";
    } else if (const auto* const paste = std::get_if<PastedText>(&*input)) {
      if (paste->too_long) out += L"<too long>";
      out += L"[" + std::wstring(paste->text.begin(), paste->text.end()) + L"]";
    } else {
      out += std::get<wchar_t>(*input);
    }
  }
  return out;
}

TEST(TerminalKeys, KeysAndTheirSequencesPassAsTheyAre) {
  EXPECT_EQ(L"mute\r", taken("mute\r"));
  EXPECT_EQ(L"\u8A9E\u00E0z", taken("\xE8\xAA\x9E\xC3\xA0\xFFz"));
  EXPECT_EQ(L"\033[A\033[2~\033\033[1;5Cx", taken("\033[A\033[2~\033\033[1;5Cx"));
}

TEST(TerminalKeys, TheKeyForTalkingIsPressedAndLetGo) {
  EXPECT_EQ(L"a<down>b", taken("a\033[19~b"));
  EXPECT_EQ(L"<down><up>", taken("\033[19~\033[19;1:2~\033[19;1:2~\033[19;1:3~"));
  EXPECT_EQ(L"<down><up>", taken("\033[19;129:1~\033[19;129:3~")) << "with Num Lock";
  EXPECT_EQ(L"\033[19;5~\033[20~", taken("\033[19;5~\033[20~")) << "Ctrl+F8 is another, and F9";
}

TEST(TerminalKeys, OtherKeysComeAsEverThoughTheTerminalTellsOfTheirEvents) {
  EXPECT_EQ(L"\033[A\033[A", taken("\033[1;1:1A\033[1;1:2A\033[1;1:3A"));
  EXPECT_EQ(L"\033[1;5D", taken("\033[1;5:1D\033[1;5:3D"));
  EXPECT_EQ(L"\033[3~\033[A", taken("\033[3;129~\033[1;129A")) << "locks change nothing";
  EXPECT_EQ(L"\r\t\033\x7F", taken("\033[13;129u\033[9;65u\033[27u\033[127;1:2u"));
  EXPECT_EQ(L"a", taken("a\033[97;1:3u"));
}

TEST(TerminalKeys, WhatTheTerminalAnswersIsNoKey) {
  EXPECT_EQ(L"a<keyboard><kind>b", taken("a\033[?0u\033[?62;22cb"));
  EXPECT_EQ(L"<kind>", taken("\033[?1;2c"));
}

TEST(TerminalKeys, WhatOnlyBeginsLikeASequencePasses) {
  EXPECT_EQ(L"\033[1\u00E0x", taken("\033[1\xC3\xA0x"));
  EXPECT_EQ(L"\033[1\033[A", taken("\033[1\033[A"));
  EXPECT_EQ(L"\033[[Ax", taken("\033[[Ax")) << "F1 of Linux's console";
  const std::string endless = "\033[" + std::string(100, '1');
  EXPECT_EQ(std::wstring(endless.begin(), endless.end()), taken(endless));
}

TEST(TerminalKeys, APasteIsOneText) {
  EXPECT_EQ(L"a[one\rstop\rthree]b", taken("a\033[200~one\rstop\rthree\033[201~b"));
  EXPECT_EQ(L"[a\033[20\033]", taken("\033[200~a\033[20\033\033[201~"));
  EXPECT_EQ(L"\033[[x]", taken("\033[\033[200~x\033[201~"));
}

TEST(TerminalKeys, APasteThatIsTooLongIsToldAndNothingOfItTaken) {
  const std::string most(TerminalKeys::kMaxPasteBytes, 'x');
  EXPECT_EQ(most.size() + 2, taken("\033[200~" + most + "\033[201~").size());
  EXPECT_EQ(L"<too long>[]a", taken("\033[200~" + most + most + "y\033[201~a"));
}

TEST(LinesOfPaste, BreaksOfAnySystemPartThemAndControlCharactersGo) {
  EXPECT_THAT(lines_of_paste("one\r\n\r\n  two\n\tthree\rfo\x1b[31mur\x07\n"),
              ElementsAre("one", "  two", "    three", "fo[31mur"));
  EXPECT_THAT(lines_of_paste("one line\n"), ElementsAre("one line"));
  EXPECT_THAT(lines_of_paste("a\u2028b\u2029c\u0085d"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(lines_of_paste("\r\n \n"), IsEmpty());
}

TEST(LinesOfPaste, ALineThatAlreadySaysIsSaidOnce) {
  EXPECT_EQ("say stop", say_command("stop"));
  EXPECT_EQ("say hello", say_command("say hello"));
  EXPECT_EQ("/say hello", say_command("/say hello"));
}

}  // namespace
}  // namespace comcat::client
