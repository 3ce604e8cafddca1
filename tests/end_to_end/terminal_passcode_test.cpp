// The passcode, asked for on a terminal.

#include <csignal>
#include <string>

#include "end_to_end/terminal_fixture.h"

namespace comcat::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(OnATerminal, ThePasscodeIsAskedForAndNotShown) {
  Process an(command(server_.host(), {"--insecure", "--name=an"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kErr, "passcode of " + server_.host()));
  an.write("hunter2\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "connected to"));
  EXPECT_THAT(an.output(Process::kOut), Not(HasSubstr("hunter2")));
  EXPECT_THAT(an.output(Process::kErr), HasSubstr("passcode of"));
  for (const char* const ctrl_c_or_d : {"\x03", "\x04"}) {
    Process gives_up(command(server_.host(), {"--insecure", "--name=binh"}), options_);
    ASSERT_TRUE(gives_up.wait_for_text(Process::kErr, "passcode of"));
    gives_up.write(ctrl_c_or_d);
    EXPECT_EQ(130, gives_up.wait_exit());
    EXPECT_THAT(gives_up.output(Process::kErr), EndsWith("\n")) << "where the shell goes on";
  }
}

TEST_F(OnATerminal, ACheckAsksForThePasscodeOfItsServerToo) {
  const ServerProcess server({}, /*tls=*/true);
  Process check(command(server.host(), {"--name=an", "--check"}), options_);
  ASSERT_TRUE(check.wait_for_text(Process::kErr, "passcode of " + server.host()));
  EXPECT_TRUE(check.wait_for_text(Process::kOut, server.fingerprint())) << "whom it is told to";
  check.write("hunter3\r");
  ASSERT_TRUE(check.wait_for_text(Process::kErr, "the passcode is wrong; passcode of "));
  check.write("hunter2\r");
  EXPECT_EQ(0, check.wait_exit());
  EXPECT_THAT(check.output(Process::kOut), HasSubstr("what could be judged is fine"));
  EXPECT_THAT(check.output(Process::kOut), Not(HasSubstr("hunter")));
}

TEST_F(OnATerminal, CtrlZAtThePasscodeStopsAndFgAsksAgain) {
  for (const Words& shell : shells()) {
    SCOPED_TRACE(shell.front());
    const std::unique_ptr<Process> typed =
        type_into(shell, command(server_.host(), {"--insecure", "--name=an"}));
    ASSERT_NE(nullptr, typed);
    Process& sh = *typed;
    ASSERT_TRUE(sh.wait_for_text(Process::kErr, "passcode of " + server_.host()));
    sh.write("hunt\x1a");
    ASSERT_TRUE(sh.wait_for_text(Process::kErr, kShellPrompt));
    sh.write("stty -a; echo done.\n");
    ASSERT_TRUE(sh.wait_for_text(Process::kOut, " echo "));
    ASSERT_TRUE(sh.wait_for_line(Process::kOut, "done."));
    sh.write("fg\n");
    ASSERT_TRUE(sh.wait_for_text(Process::kErr, "passcode of " + server_.host()));
    sh.write("hunter2\r");
    EXPECT_TRUE(sh.wait_for_text(Process::kOut, "connected to"));
    sh.write("stop\r");
    EXPECT_TRUE(sh.wait_for_text(Process::kOut, "you left the call"));
  }
}

TEST_F(OnATerminal, AWrongPasscodeIsAskedForAgainAndTheThirdIsTheLast) {
  Process an(command(server_.host(), {"--insecure", "--name=an"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kErr, "passcode of " + server_.host() + ": "));
  an.write("wrong\r");
  ASSERT_TRUE(an.wait_for_text(Process::kErr, "the passcode is wrong; passcode of"));
  an.write("hunter2\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "connected to"));
  Process guesses(command(server_.host(), {"--insecure", "--name=binh"}), options_);
  for (int times = 0; times < 3; ++times) {
    ASSERT_TRUE(guesses.wait_for_text(Process::kErr, "passcode of"));
    guesses.write("wrong\r");
  }
  EXPECT_EQ(3, guesses.wait_exit());
  EXPECT_THAT(guesses.output(Process::kErr),
              HasSubstr("refused: the passcode is wrong; it came from the prompt\n"));
}

TEST_F(OnATerminal, ThePasscodeIsAskedForOnceTheCertificateHasBeenSeen) {
  ServerProcess encrypted({}, /*tls=*/true);
  Process an(command(encrypted.host(), {"--name=an"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kErr, "passcode of"));
  EXPECT_TRUE(an.wait_for_text(Process::kOut, encrypted.fingerprint()));
  an.signal(SIGTERM);
  EXPECT_EQ(130, an.wait_exit());
}

TEST_F(OnATerminal, AnOpenServerIsNotGivenAPasscode) {
  const TemporaryDirectory state;
  Process open({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                "--state_dir=" + state.path()});
  const auto line = open.wait_for_line(Process::kErr, "listening address=");
  ASSERT_TRUE(line);
  const std::size_t begin = line->find("address=") + 8;
  const std::string host = line->substr(begin, line->find(' ', begin) - begin);
  Process an(command(host, {"--insecure", "--name=an"}), options_);
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "connected to"));
  EXPECT_THAT(an.output(Process::kErr), Not(HasSubstr("passcode")));
}

}  // namespace
}  // namespace comcat::testing
