// The console on a terminal.

#include <algorithm>
#include <csignal>
#include <string>

#include "end_to_end/terminal_fixture.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(OnATerminal, TheLineBeingTypedSurvivesOutput) {
  Process an(as("an"), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("say hel");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "hel"));
  Process binh(as("binh"));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "binh joined"));
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "> say hel")) << "drawn again below the event";
  an.write("lo\r");
  EXPECT_TRUE(binh.wait_for_line(Process::kOut, "<an> hello"));
  an.write("stop\r");
  EXPECT_EQ(0, an.wait_exit());
}

TEST_F(OnATerminal, NamesAreColouredAndTextsTimedAndTheBellRingsWhereTheUserIsMeant) {
  Process plain(as("binh", {"--bell"}), options_);  // with NO_COLOR
  ASSERT_TRUE(is_ready(plain));
  options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}};
  options_.without.emplace_back("NO_COLOR");
  Process an(as("an", {"--bell", "--clock"}), options_);
  ASSERT_TRUE(is_ready(an));
  Process pipe(as("chi", {"--bell"}));
  ASSERT_TRUE(pipe.wait_for_line(Process::kOut, "connected to"));
  plain.write("say hello An\rmsg chi psst\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "binh\033[m> hello An\a"));
  EXPECT_THAT(an.output(Process::kOut),
              ::testing::ContainsRegex("\\[[0-9:]{5}\\] <\033\\[3[0-9]mbinh"));
  EXPECT_TRUE(pipe.wait_for_line(Process::kOut, "binh says to you alone: psst"));
  EXPECT_TRUE(plain.wait_for_line(Process::kOut, "you say to chi alone: psst"));
  EXPECT_THAT(pipe.output(Process::kOut), Not(HasSubstr("\a")));
  EXPECT_THAT(plain.output(Process::kOut), Not(::testing::ContainsRegex("\033\\[3[0-9]m")));
  EXPECT_THAT(an.output(Process::kOut), Not(HasSubstr("psst")));
}

TEST_F(OnATerminal, TabCompletesAndThePromptSaysThatYouAreMuted) {
  Process an(as("an"), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("mut\t\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "you are muted"));
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "(muted) > "));
  an.write("unm\t\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "you are unmuted"));
  an.write("\x04");  // Ctrl+D, the end of the input
  EXPECT_EQ(0, an.wait_exit());
}

TEST_F(OnATerminal, AnUnfinishedWordIsReplacedByItsCompletion) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("mu\t");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> mute"));
  EXPECT_THAT(shown_from(kReady, an), ElementsAre(kReady, "> mute"));
}

TEST_F(OnATerminal, AWideLineIsDrawnAnewInItsPlace) {
  options_.columns = 41;  // of 20 wide characters in a row one column is left
  const auto wide = [](int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += "\xE8\xAA\x9E";
    return out;
  };
  const std::string last = "\xE6\x9C\xAC";
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("say " + wide(57) + last);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, last));
  const Process binh(as("binh"));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "binh joined"));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, last));
  EXPECT_THAT(shown_from(kReady, an),
              ElementsAre(kReady, "binh joined", "> say " + wide(17), wide(20), wide(20), last));
}

TEST_F(OnATerminal, KeysThatEditNothingTypeNothing) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  const std::string page_up_down_insert = "\033[5~\033[6~\033[2~";
  const std::string f1_f5_f12 = "\033OP\033[15~\033[24~";
  const std::string shift_up_alt_left_shift_tab = "\033[1;2A\033[1;3D\033[Z";
  an.write(page_up_down_insert + f1_f5_f12 + shift_up_alt_left_shift_tab + "rooms.");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "."));
  EXPECT_THAT(shown_from(kReady, an), ElementsAre(kReady, "> rooms."));
}

TEST_F(OnATerminal, CtrlAndAnArrowGoAWord) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("say one three\033[1;5D\033[1;5D\033[1;5Ctwo\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "<an> onetwo three"));
}

TEST_F(OnATerminal, HomeEndAndDeleteEdit) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("xay hell\033[H\033[3~s\033[Fo\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "<an> hello"));
}

TEST_F(OnATerminal, WhatWasTypedInAnEarlierRunIsFoundWithUpAndCtrlR) {
  {
    Process an(as("an"), options_);
    ASSERT_TRUE(is_ready(an));
    an.write("say once upon a time\rsay the end\rstop\r");
    EXPECT_EQ(0, an.wait_exit());
  }
  Process again(as("an"), options_);
  ASSERT_TRUE(again.wait_for_text(Process::kOut, "> "));
  again.write("\033[A");  // Up: stop
  ASSERT_TRUE(again.wait_for_text(Process::kOut, "stop"));
  again.write("\033[A\r");
  EXPECT_TRUE(again.wait_for_line(Process::kOut, "<an> the end"));
  again.write("\x12once");
  ASSERT_TRUE(again.wait_for_text(Process::kOut, "say once upon a time"));
  again.write("\r");
  EXPECT_TRUE(again.wait_for_line(Process::kOut, "<an> once upon a time"));
  again.write("stop\r");
  EXPECT_EQ(0, again.wait_exit());
  std::ifstream file(state() + "/console_history");
  EXPECT_TRUE(file.good());
}

TEST_F(OnATerminal, CtrlDInTheBackgroundSaysThatNobodyReadsAnyMore) {
  Process an(as("an", {"--background"}), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("\x04");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "the console is closed; Ctrl+C ends the call"));
  an.write("\x03");
  EXPECT_EQ(0, an.wait_exit());
}

TEST_F(OnATerminal, CtrlCClearsAHalfTypedLineAndThenStopsTheCall) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("say half a li");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "half a li"));
  an.write("\x03");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> ")) << "drawn without it";
  an.write("say whole\r");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "<an> whole"));
  EXPECT_FALSE(an.wait_for_text(Process::kOut, "half", 0ms));
  an.write("\x03");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), HasSubstr("you left the call"));
}

TEST_F(OnATerminal, APastedLineWaitsForEnter) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("say \033[200~one line\n\033[201~.");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "."));
  EXPECT_THAT(shown_from(kReady, an), ElementsAre(kReady, "> say one line."));
  an.write("\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "<an> one line."));
}

TEST_F(OnATerminal, APastedBlockIsTextAndAskedAbout) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  const std::string block = "\033[200~one\rstop\rsay three\r\033[201~";
  an.write(block);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "say the 3 lines that were pasted? (y/n)"));
  an.write("n");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write(block);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "(y/n)"));
  an.write("y");
  for (const char* const said : {"<an> one", "<an> stop", "<an> three"}) {
    EXPECT_TRUE(an.wait_for_text(Process::kOut, said)) << said;
  }
  an.write("\x03");
  EXPECT_EQ(0, an.wait_exit());
}

TEST_F(OnATerminal, CtrlZAndFgBringBackModePromptAndLine) {
  for (const Words& shell : shells()) {
    SCOPED_TRACE(shell.front());
    const std::unique_ptr<Process> typed = type_into(shell, as("an"));
    ASSERT_NE(nullptr, typed);
    Process& sh = *typed;
    ASSERT_TRUE(is_ready(sh));
    sh.write("say he");
    ASSERT_TRUE(sh.wait_for_text(Process::kOut, "> say he"));
    sh.write("\x1a");
    ASSERT_TRUE(sh.wait_for_text(Process::kErr, kShellPrompt));
    sh.write("stty -a; echo done.\n");
    ASSERT_TRUE(sh.wait_for_text(Process::kOut, " icanon"));
    ASSERT_TRUE(sh.wait_for_line(Process::kOut, "done."));
    sh.write("fg\n");
    ASSERT_TRUE(sh.wait_for_text(Process::kOut, "> say he")) << "drawn again";
    sh.write("llo\r");
    EXPECT_TRUE(sh.wait_for_text(Process::kOut, "<an> hello"));
    sh.write("stop\r");
    EXPECT_TRUE(sh.wait_for_text(Process::kOut, "you left the call"));
  }
}

TEST_F(OnATerminal, APromptThatChangesNearARowsEndLeavesNothingBehind) {
  options_.columns = 40;
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  const std::string text = "say " + std::string(35, 'x') + ".";  // a row more with (offline)
  an.write(text);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "."));
  server_.process().signal(SIGKILL);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "(offline) > "));
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "."));
  const std::vector<std::string> shown = shown_from(kReady, an);
  EXPECT_EQ(1, std::count(shown.begin(), shown.end(), "(offline) > say " + std::string(24, 'x')));
  EXPECT_EQ(0, std::count(shown.begin(), shown.end(), "> say " + std::string(34, 'x')));
}

TEST_F(OnATerminal, TheSecondCtrlCLeavesTheShellALineOfItsOwn) {
  Process an(as("an"), options_);
  ASSERT_TRUE(is_ready(an));
  an.write("half a li");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "half a li"));
  server_.process().signal(SIGSTOP);  // the goodbye stays unanswered
  an.signal(SIGINT);
  an.signal(SIGTERM);
  EXPECT_EQ(130, an.wait_exit());
  EXPECT_THAT(shown_from(kReady, an), ElementsAre(kReady));
  server_.process().signal(SIGCONT);
}

TEST_F(OnATerminal, CtrlBackslashLeavesTheTerminalAsItWas) {
  Words command = as("an");
  command.insert(command.begin(), {"ulimit", "-c", "0;"});
  const std::unique_ptr<Process> typed = type_into(shells().front(), command);
  ASSERT_NE(nullptr, typed);
  Process& sh = *typed;
  ASSERT_TRUE(is_ready(sh));
  sh.write("half a li");
  ASSERT_TRUE(sh.wait_for_text(Process::kOut, "> half a li"));
  sh.write("\x1c");
  ASSERT_TRUE(sh.wait_for_text(Process::kErr, "Quit"));
  EXPECT_THAT(sh.output(Process::kOut), HasSubstr("\033[?2004l"));
  sh.write("stty -a; echo done.\n");
  EXPECT_TRUE(sh.wait_for_text(Process::kOut, " icanon"));
  EXPECT_TRUE(sh.wait_for_line(Process::kOut, "done."));
}

TEST_F(OnATerminal, SignalsThatEndItTakeTheBracketsOfPastesAway) {
  for (const int signal : {SIGUSR1, SIGALRM, SIGRTMIN, SIGRTMAX}) {
    Process an(as("an"), options_);
    ASSERT_TRUE(is_ready(an));
    an.signal(signal);
    EXPECT_EQ(128 + signal, an.wait_exit());
    EXPECT_THAT(an.output(Process::kOut), HasSubstr("\033[?2004l")) << signal;
  }
}

TEST_F(OnATerminal, WhatIsSaidBeforeTheCallIsBrokenBetweenWordsToo) {
  options_.columns = 40;
  ServerProcess encrypted({}, /*tls=*/true);
  Process an(command(encrypted.host(), {"--name=an", "--passcode=hunter2"}), options_);
  ASSERT_TRUE(is_ready(an));
  const std::string said = an.output(Process::kOut);
  EXPECT_THAT(said, StartsWith("first call to " + encrypted.host() + ": its"));
  EXPECT_THAT(said, HasSubstr("\n  " + encrypted.fingerprint() + ";\r\n  compare it with what"));
}

}  // namespace
}  // namespace comcat::testing
