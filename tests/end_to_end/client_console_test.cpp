// The console, on a pipe and on a terminal.

#include <algorithm>
#include <csignal>
#include <sstream>
#include <string>

#include "end_to_end/client_fixtures.h"
#include "support/screen.h"
#include "support/silent_port.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using Input = Process::Input;

TEST_F(InACall, APipeIsOneCommandALineAndItsEndMeansStop) {
  Process client(as("an"));
  client.write("who\nmute\nunmute\nsay hello\nrooms\nfoo\nstats\n");
  client.close_input();
  EXPECT_EQ(0, client.wait_exit());
  for (const char* const line : {"you are alone in the room lobby", "you are muted",
                                 "you are unmuted", "\"foo\" is no", "you left the call"}) {
    EXPECT_THAT(client.output(Process::kOut), HasSubstr(line));
  }
  EXPECT_TRUE(server_.logs("reason=stopped"));
}

TEST_F(InACall, TwoPeopleSeeEachOtherComeSpeakAndGo) {
  Process an(as("an"));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "alone in the room"));
  Process binh(as("binh"));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "in the room lobby: an, binh (you)"));
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "binh joined"));
  binh.write("say xin ch\xC3\xA0o\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "<binh> xin ch\xC3\xA0o"));
  EXPECT_TRUE(binh.wait_for_line(Process::kOut, "<binh> xin ch\xC3\xA0o"));
  binh.write("mute\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "binh muted"));
  binh.write("join cellar\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "binh went to another room"));
  EXPECT_TRUE(binh.wait_for_line(Process::kOut, "alone in the room cellar"));
  binh.write("join lobby\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "binh joined"));
  binh.signal(SIGKILL);
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "binh left (connection lost)"));
}

TEST_F(InACall, AHundredLinesThatArePipedAtOnceAllArriveInOrder) {
  Process reader(as("reader"));
  ASSERT_TRUE(reader.wait_for_line(Process::kOut, "alone in the room"));
  Process writer(as("writer"));
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "say line " + std::to_string(i) + ".\n";
  writer.write(lines);
  writer.close_input();
  for (int i = 0; i < 100; ++i) {
    const auto line = reader.wait_for_line(Process::kOut, "<writer>");
    ASSERT_EQ("<writer> line " + std::to_string(i) + ".", line);
  }
  EXPECT_EQ(0, writer.wait_exit());
  EXPECT_THAT(writer.output(Process::kOut), Not(HasSubstr("try again")));
}

TEST_F(InACall, AnInputThatIsClosedOrEmptyStopsOrStaysAndNeverSpins) {
  for (const Input input : {Input::kDevNull, Input::kClosed}) {
    Process::Options options;
    options.input = input;
    Process stops(as("an"), options);
    EXPECT_EQ(0, stops.wait_exit());
    Process stays(as("binh", {"--background", "--muted"}), options);
    ASSERT_TRUE(stays.wait_for_line(Process::kOut, "connected to"));
    const auto before = stays.cpu_time();
    EXPECT_FALSE(stays.wait_exit(1s));
    EXPECT_LT(stays.cpu_time() - before, 500ms) << "a loop would have used all of it";
    stays.signal(SIGTERM);
    EXPECT_EQ(0, stays.wait_exit());
  }
}

TEST_F(InACall, SigtermAndCtrlCAreGraceful) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    Process client(as("an"));
    ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
    client.signal(number);
    EXPECT_EQ(0, client.wait_exit());
    EXPECT_THAT(client.output(Process::kOut), HasSubstr("you left the call"));
    EXPECT_TRUE(server_.logs("reason=stopped"));
  }
}

TEST_F(InACall, AHangUpUnderNohupIsNothing) {
  Process::Options options;
  options.launcher = {"/usr/bin/nohup"};
  Process client(as("an"), options);
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
  client.signal(SIGHUP);
  client.write("rooms\n");
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "lobby"));
  EXPECT_EQ(0, client.finish());
}

TEST_F(InACall, AHangUpThatTheShellRepeatsIsGracefulToo) {
  Process client(as("an"));
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
  for (int times = 0; times < 3; ++times) client.signal(SIGHUP);
  EXPECT_EQ(0, client.wait_exit());
  EXPECT_TRUE(server_.logs("reason=stopped"));
}

TEST_F(InACall, CtrlCWhileConnectingEndsIt) {
  const SilentPort silent;
  Process client(command(silent.host(), {"--name=an", "--passcode=x", "--log_level=debug"}));
  // It has its signal handling from the moment that it connects; the kernel shows the connection.
  EXPECT_FALSE(client.wait_exit(300ms));
  client.signal(SIGINT);
  EXPECT_EQ(0, client.wait_exit());
}

TEST_F(InACall, TheSecondCtrlCEndsItAtOnce) {
  Process client(as("an"));
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
  server_.process().signal(SIGSTOP);  // the goodbye stays unanswered
  client.signal(SIGINT);
  client.signal(SIGTERM);
  EXPECT_EQ(130, client.wait_exit(1500ms));
  server_.process().signal(SIGCONT);
}

TEST_F(InACall, AServerThatHangsDoesNotHoldAClientThatLeaves) {
  Process client(as("an"));
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
  server_.process().signal(SIGSTOP);
  client.write("rooms\n");
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "has not answered rooms within 3 s"));
  client.write("stop\n");
  EXPECT_EQ(0, client.wait_exit());
  server_.process().signal(SIGCONT);
}

TEST_F(InACall, JsonIsOneObjectALine) {
  Process client(as("an", {"--json"}));
  const auto connected = client.wait_for_line(Process::kOut, "\"event\":\"connected\"");
  ASSERT_TRUE(connected);
  EXPECT_THAT(*connected, HasSubstr("\"members\":[{\"session\":"));
  client.write("say \"quoted\" \\ text\nstats\nstop\n");
  const auto said = client.wait_for_line(Process::kOut, "\"event\":\"said\"");
  ASSERT_TRUE(said);
  EXPECT_THAT(*said, HasSubstr(R"("said":"\"quoted\" \\ text")"));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "\"event\":\"stats\""));
  EXPECT_TRUE(
      client.wait_for_line(Process::kOut, R"("event":"closed","text":"you left the call")"));
  EXPECT_EQ(0, client.wait_exit());
  std::istringstream lines(client.output(Process::kOut));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ('{', line.front());
    EXPECT_EQ('}', line.back());
  }
}

TEST_F(InACall, ARestartedServerIsFoundAgainInTheSameRoom) {
  Process client(as("an", {"--room=cellar"}));
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room cellar"));
  client.write("mute\n");
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "you are muted"));
  const std::string port = std::to_string(server_.port());
  EXPECT_EQ(0, server_.stop());
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connecting again"));
  ServerProcess after({"--listen=127.0.0.1:" + port});
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected again"));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "alone in the room cellar"));
  client.write("stop\n");
  EXPECT_EQ(0, client.wait_exit());
}

TEST_F(InACall, MutedVoiceStaysHereAndTheCpuRests) {
  Process client(as("an", {"--input=tone:440", "--json"}));
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "connected"));
  client.write("mute\nstats\n");
  const auto before = client.wait_for_line(Process::kOut, "\"event\":\"stats\"");
  ASSERT_TRUE(before);
  EXPECT_FALSE(client.wait_exit(500ms));
  client.write("stats\n");
  const auto after = client.wait_for_line(Process::kOut, "\"event\":\"stats\"");
  ASSERT_TRUE(after);
  const auto figure = [](const std::string& line, const std::string& key) {
    const std::size_t at = line.find("\"" + key + "\":");
    return at == std::string::npos ? -1 : std::stol(line.substr(at + key.size() + 3));
  };
  EXPECT_EQ(figure(*before, "encoded_frames"), figure(*after, "encoded_frames"));
  EXPECT_EQ(figure(*before, "sent_frames"), figure(*after, "sent_frames"));
  EXPECT_GE(figure(*after, "sent_frames"), 0);
}

constexpr const char* kReady = "you are unmuted: they hear you";

TEST_F(InACall, AnOutputThatDoesNotBlockLosesNothing) {
  Process::Options options;
  options.nonblocking = true;
  options.pipe_bytes = 4096;
  Process client(as("an", {"--json"}), options);
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "\"connected\""));
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "help\n";
  client.write(lines);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(client.wait_for_line(Process::kOut, "\"event\":\"help\"")) << i;
  }
  EXPECT_EQ(0, client.finish());
}

class OnATerminal : public InACall {
 protected:
  OnATerminal() {
    options_.input = Input::kTerminal;
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}};
    options_.without = {"COMCAT_PASSCODE"};
  }
  /// Waits until it gets key after key: the first prompt is drawn a moment before.
  [[nodiscard]] static bool is_ready(Process& client) {
    if (!client.wait_for_text(Process::kOut, "> ")) return false;
    client.write("mute\runmute\r");
    return client.wait_for_text(Process::kOut, kReady);
  }
  /// What the terminal shows, from `first` on.
  [[nodiscard]] std::vector<std::string> shown_from(const std::string& first,
                                                    const Process& client) const {
    Screen screen(options_.columns);
    screen.write(client.output(Process::kOut));
    const std::vector<std::string> lines = screen.lines();
    return {std::find(lines.begin(), lines.end(), first), lines.end()};
  }
  Process::Options options_;
};

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
  an.write("m\t");
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
  using Words = std::vector<std::string>;
  for (const Words& shell : {Words{"/bin/bash", "--norc", "-i"}, Words{"/bin/dash", "-i"}}) {
    SCOPED_TRACE(shell.front());
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"PS1", "shell% "}};
    Process sh(shell, options_);
    ASSERT_TRUE(sh.wait_for_text(Process::kErr, "shell% "));
    std::string line;
    for (const std::string& word : as("an")) line += word + " ";
    sh.write(line + "\n");
    ASSERT_TRUE(is_ready(sh));
    sh.write("say he");
    ASSERT_TRUE(sh.wait_for_text(Process::kOut, "> say he"));
    sh.write("\x1a");
    ASSERT_TRUE(sh.wait_for_text(Process::kErr, "shell% "));
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
  Process open({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0"});
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
