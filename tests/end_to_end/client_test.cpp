// The real client against the real server, as a user or a script runs it.

#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/process.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using Input = Process::Input;

/// Flags for a client without sound devices, with a state directory that goes with the test.
class ClientTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> command(const std::string& host,
                                                 const std::vector<std::string>& flags) const {
    std::vector<std::string> out{program("comcat-client"), "--host=" + host, "--input=null",
                                 "--output=null", "--state_dir=" + state()};
    out.insert(out.end(), flags.begin(), flags.end());
    return out;
  }
  [[nodiscard]] std::string state() const { return directory_.path() + "/state"; }
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    const std::string path = directory_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  const TemporaryDirectory directory_;
};

/// Waits for the client's end; expects `code` and one sentence on stderr, in which `part` stands.
void expect_failure(Process& client, int code, const std::string& part) {
  EXPECT_EQ(code, client.wait_exit());
  const std::string& error = client.output(Process::kErr);
  EXPECT_THAT(error, HasSubstr(part));
  EXPECT_EQ(0U, error.find("comcat-client: ")) << error;
  EXPECT_EQ(error.size() - 1, error.find('\n')) << "one line: " << error;
  EXPECT_EQ(std::string::npos, error.find('\x1b'));
  EXPECT_THAT(error, Not(HasSubstr(".\n"))) << "one style for all of them";
}

// ---- bad input: one sentence and the documented exit code

struct BadInput {
  std::vector<std::string> flags;
  int code;
  const char* part;
};

TEST_F(ClientTest, WhatCannotBeRightIsSaidBeforeAnythingIsSent) {
  const BadInput kInputs[] = {
      {{"--name="}, 2, "--name"},
      {{"--name=" + std::string(33, 'x')}, 2, "33 characters"},
      {{"--name=a\tb"}, 2, "control"},
      {{"--name=\x1b[31mred"}, 2, "control"},
      {{"--name=an", "--room="}, 2, "the room is empty"},
      {{"--name=an", "--passcode=" + std::string(257, 'x')}, 2, "257"},
      {{"--name=an", "--passcode_file=" + file("big", std::string(1 << 20, 'x'))}, 2, "1048576"},
      {{"--name=an", "--passcode_file=/does/not/exist"}, 2, "/does/not/exist"},
      {{"--name=an", "--host="}, 2, "--host"},
      {{"--name=an", "--host=a b"}, 2, "is no address"},
      {{"--name=an", "--host=localhost:99999"}, 2, "port"},
      {{"--name=an", "--frame_ms=30"}, 2, "10, 20, 40 or 60"},
      {{"--name=an", "--frame_ms=x"}, 2, "frame_ms"},
      {{"--name=an", "--bitrate=5"}, 2, "6000"},
      {{"--name=an", "--input=tone:loud"}, 2, "tone"},
      {{"--name=an", "--output=tone:440"}, 2, "tone"},
      {{"--name=an", "--trust=SHA256:short"}, 2, "--trust"},
      {{"--name=an", "--log_level=loud"}, 2, "log_level"},
      {{"--name=an", "--pascode=x"}, 2, "did you mean --passcode?"},
      {{"--name=an", "word"}, 2, "no flag"},
      {{"--name=an", "--input=file:/does/not/exist.wav"}, 6, "/does/not/exist.wav"},
  };
  for (const BadInput& bad : kInputs) {
    Process client(command("127.0.0.1:1", bad.flags));
    SCOPED_TRACE(bad.part);
    expect_failure(client, bad.code, bad.part);
  }
}

TEST_F(ClientTest, WithJsonAFailureBeforeTheCallIsAnEventAsLaterOnesAre) {
  struct Early {
    std::string flag;
    int code;
    const char* reason;
  };
  for (const Early& early : {Early{"--input=file:/does/not/exist.wav", 6, "sound_device"},
                             Early{"--input=no such device", 6, "sound_device"},
                                                  Early{"--name=a\tb", 2, "usage"}, Early{"--host=a b", 2, "usage"},
                             Early{"--passcode_file=/does/not/exist", 2, "usage"},
                             Early{"--log_level=loud", 2, "usage"}}) {
    SCOPED_TRACE(early.flag);
    Process client(command("127.0.0.1:1", {"--name=an", "--json", early.flag}));
    expect_failure(client, early.code, "");
    const std::string& event = client.output(Process::kOut);
    EXPECT_EQ(0U, event.find(R"({"event":"closed","text":")")) << event;
    EXPECT_THAT(event, HasSubstr(R"("reason":")" + std::string(early.reason) + "\"}\n"));
    EXPECT_EQ(event.size() - 1, event.find('\n')) << "one line: " << event;
  }
}

TEST_F(ClientTest, AHostThatDoesNotResolve) {
  Process client(command("nosuchhost.invalid", {"--name=an", "--passcode=x"}));
  expect_failure(client, 5, "nosuchhost.invalid does not resolve");
}

/// A port of this machine: bound, and listening if `open`; nobody ever answers.
class MutePort {
 public:
  explicit MutePort(bool open) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(0, ::bind(fd_, generic, size));
    EXPECT_TRUE(!open || ::listen(fd_, 8) == 0);
    EXPECT_EQ(0, ::getsockname(fd_, generic, &size));
    host_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~MutePort() { ::close(fd_); }
  MutePort(const MutePort&) = delete;
  MutePort& operator=(const MutePort&) = delete;
  [[nodiscard]] const std::string& host() const { return host_; }

 private:
  int fd_;
  std::string host_;
};

TEST_F(ClientTest, AHostThatRefuses) {
  const MutePort closed(false);
  Process client(command(closed.host(), {"--name=an", "--passcode=x"}));
  expect_failure(client, 5, "refuses connections");
}

TEST_F(ClientTest, AHostThatHangsIsGivenUpAfterTenSeconds) {
  const MutePort silent(true);
  Process client(command(silent.host(), {"--name=an", "--passcode=x"}));
  expect_failure(client, 5, "no answer within 10 s");
}

TEST_F(ClientTest, AMissingAndAWrongPasscodeAreRefusedWithDistinctSentences) {
  ServerProcess server;
  Process missing(command(server.host(), {"--insecure", "--name=an"}));
  expect_failure(missing, 3, "asks for a passcode");
  Process wrong(command(server.host(), {"--insecure", "--name=an", "--passcode=wrong"}));
  expect_failure(wrong, 3, "the passcode is wrong");
}

TEST_F(ClientTest, AFullServerAndATakenName) {
  ServerProcess server({"--max_clients=1"});
  Process first(command(server.host(), {"--insecure", "--name=an", "--passcode=hunter2"}));
  ASSERT_TRUE(first.wait_for_line(Process::kOut, "alone in the room lobby"));
  Process second(command(server.host(), {"--insecure", "--name=binh", "--passcode=hunter2"}));
  expect_failure(second, 4, "full");
  ServerProcess roomy;
  Process an(command(roomy.host(), {"--insecure", "--name=an", "--passcode=hunter2"}));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "alone in the room lobby"));
  Process again(command(roomy.host(), {"--insecure", "--name=an", "--passcode=hunter2"}));
  expect_failure(again, 3, "--name");
}

// ---- security

TEST_F(ClientTest, TheFingerprintIsShownPinnedAndAChangedOneRefused) {
  std::string host;
  std::string port;
  {
    ServerProcess server({}, true);
    host = server.host();
    port = std::to_string(server.port());
    for (const bool first : {true, false}) {
      Process client(command(host, {"--name=an", "--passcode=hunter2"}));
      ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
      client.write("stop\n");
      EXPECT_EQ(0, client.wait_exit());
      const auto shown = HasSubstr(server.fingerprint());
      if (first) {
        EXPECT_THAT(client.output(Process::kOut), shown);
      } else {
        EXPECT_THAT(client.output(Process::kOut), Not(shown));
      }
    }
    Process trusting(
        command(host, {"--name=an", "--passcode=hunter2", "--trust=" + server.fingerprint()}));
    ASSERT_TRUE(trusting.wait_for_line(Process::kOut, "alone in the room"));
  }
  ServerProcess impostor({"--listen=127.0.0.1:" + port}, true);
  Process client(command(host, {"--name=an", "--passcode=hunter2"}));
  EXPECT_EQ(3, client.wait_exit());
  EXPECT_THAT(client.output(Process::kErr), HasSubstr("HAS CHANGED"));
  EXPECT_THAT(client.output(Process::kErr), HasSubstr(impostor.fingerprint()));
  EXPECT_THAT(client.output(Process::kErr), HasSubstr("line 1 of " + state() + "/known_hosts"));
  Process trusting(
      command(host, {"--name=an", "--passcode=hunter2", "--trust=SHA256:" + std::string(43, 'A')}));
  expect_failure(trusting, 3, "--trust");
}

TEST_F(ClientTest, PlaintextAndTlsNameTheFlagThatIsMissing) {
  ServerProcess plaintext;
  Process over_tls(command(plaintext.host(), {"--name=an", "--passcode=hunter2"}));
  expect_failure(over_tls, 5, "start the client with --insecure too");
  ServerProcess encrypted({}, true);
  Process bare(command(encrypted.host(), {"--insecure", "--name=an", "--passcode=hunter2"}));
  expect_failure(bare, 5, "leave out --insecure");
}

TEST_F(ClientTest, ThePasscodeComesFromAFileOrTheEnvironmentAndPsDoesNotShowIt) {
  ServerProcess server;
  Process from_file(command(
      server.host(),
      {"--insecure", "--name=an", "--passcode_file=" + file("passcode", "hunter2\r\nnot this\n")}));
  EXPECT_TRUE(from_file.wait_for_line(Process::kOut, "connected to"));
  Process::Options environment;
  environment.environment = {{"COMCAT_PASSCODE", "hunter2"}};
  Process from_environment(command(server.host(), {"--insecure", "--name=binh"}), environment);
  EXPECT_TRUE(from_environment.wait_for_line(Process::kOut, "connected to"));
  Process by_flag(command(server.host(), {"--insecure", "--name=chi", "--passcode", "hunter2"}));
  EXPECT_TRUE(by_flag.wait_for_line(Process::kOut, "connected to"));
  std::ifstream arguments("/proc/" + std::to_string(by_flag.pid()) + "/cmdline");
  const std::string all((std::istreambuf_iterator<char>(arguments)), {});
  EXPECT_THAT(all, HasSubstr("chi"));
  EXPECT_THAT(all, Not(HasSubstr("hunter2")));
}

TEST_F(ClientTest, FlagsMayStandInAFile) {
  ServerProcess server;
  const std::string flags = file("flags", "--insecure\n--name=an\n--passcode=hunter2\n--muted\n");
  Process client(command(server.host(), {"--flagfile=" + flags}));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected to"));
  EXPECT_TRUE(server.logs("joined"));
}

TEST_F(ClientTest, HelpIsCompleteAndVersionToldWithoutAnError) {
  Process help({program("comcat-client"), "--help"});
  EXPECT_EQ(0, help.wait_exit());
  for (const char* const flag :
       {"host", "name", "passcode", "passcode_file", "room", "insecure", "trust", "state_dir",
        "input", "output", "devices", "frame_ms", "bitrate", "muted", "background", "json",
        "log_level", "flagfile"}) {
    EXPECT_THAT(help.output(Process::kOut), HasSubstr("--" + std::string(flag))) << flag;
  }
  Process version({program("comcat-client"), "--version"});
  EXPECT_EQ(0, version.wait_exit());
  EXPECT_THAT(version.output(Process::kOut), HasSubstr("comcat-client 0."));
}

// ---- the console

class InACall : public ClientTest {
 protected:
  [[nodiscard]] std::vector<std::string> as(const std::string& name,
                                            std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"--insecure", "--passcode=hunter2", "--name=" + name});
    return command(server_.host(), flags);
  }
  ServerProcess server_;
};

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

TEST_F(InACall, CtrlCWhileConnectingEndsIt) {
  const MutePort silent(true);
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

// ---- on a terminal

class OnATerminal : public InACall {
 protected:
  OnATerminal() {
    options_.input = Input::kTerminal;
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}};
    options_.without = {"COMCAT_PASSCODE"};
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

TEST_F(OnATerminal, CtrlCStopsTheCall) {
  Process an(as("an"), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("half a li\x03");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), HasSubstr("you left the call"));
}

TEST_F(OnATerminal, ThePasscodeIsAskedForAndNotShown) {
  Process an(command(server_.host(), {"--insecure", "--name=an"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kErr, "passcode of " + server_.host()));
  an.write("hunter2\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "connected to"));
  EXPECT_THAT(an.output(Process::kOut), Not(HasSubstr("hunter2")));
  Process gives_up(command(server_.host(), {"--insecure", "--name=binh"}), options_);
  ASSERT_TRUE(gives_up.wait_for_text(Process::kErr, "passcode of"));
  gives_up.write("\x03");
  EXPECT_EQ(130, gives_up.wait_exit());
}

}  // namespace
}  // namespace comcat::testing
