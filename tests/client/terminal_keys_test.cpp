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

/// Keys as they are, pastes in brackets.
std::wstring taken(const std::string& bytes) {
  use_utf8();
  TerminalKeys keys;
  for (const char byte : bytes) keys.feed(byte);
  std::wstring out;
  while (const auto input = keys.take()) {
    if (const auto* const paste = std::get_if<PastedText>(&*input)) {
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

TEST(TerminalKeys, APasteIsOneText) {
  EXPECT_EQ(L"a[one\rstop\rthree]b", taken("a\033[200~one\rstop\rthree\033[201~b"));
  EXPECT_EQ(L"[a\033[20\033]", taken("\033[200~a\033[20\033\033[201~"));
  EXPECT_EQ(L"\033[[x]", taken("\033[\033[200~x\033[201~"));
}

TEST(TerminalKeys, APasteWithoutEndIsBounded) {
  const std::string much(3 * TerminalKeys::kMaxPasteBytes, 'x');
  EXPECT_EQ(TerminalKeys::kMaxPasteBytes + 2, taken("\033[200~" + much + "\033[201~").size());
}

TEST(LinesOfPaste, BreaksOfAnySystemPartThemAndControlCharactersGo) {
  EXPECT_THAT(lines_of_paste("one\r\n\r\n  two\n\tthree\rfo\x1b[31mur\x07\n"),
              ElementsAre("one", "  two", "    three", "fo[31mur"));
  EXPECT_THAT(lines_of_paste("one line\n"), ElementsAre("one line"));
  EXPECT_THAT(lines_of_paste("\r\n \n"), IsEmpty());
}

TEST(LinesOfPaste, ALineThatAlreadySaysIsSaidOnce) {
  EXPECT_EQ("say stop", say_command("stop"));
  EXPECT_EQ("say hello", say_command("say hello"));
  EXPECT_EQ("/say hello", say_command("/say hello"));
}

}  // namespace
}  // namespace comcat::client
