// The console on a pipe, and how a call ends.

#include <csignal>
#include <sstream>
#include <string>

#include "end_to_end/client_fixtures.h"
#include "support/silent_port.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
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
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "binh is away"));
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
  const std::string output = client.output(Process::kOut);
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ('{', line.front());
    EXPECT_EQ('}', line.back());
  }
  const std::size_t path = output.find("\"event\":\"path\"");
  EXPECT_TRUE(path == std::string::npos || path > output.find("\"event\":\"connected\""));
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
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected again to 127.0.0.1:" + port +
                                                      " as an; you are alone in the room cellar"));
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

TEST_F(InACall, ProgramsAreToldWhoSpeaksIfTheyAskForIt) {
  Process an(as("an", {"--json", "--speaking_events", "--background"}));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "\"connected\""));
  Process other(as("other", {"--json", "--background"}));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "\"joined\""));
  Process binh(as("binh", {"--input=tone:440"}));
  const auto speaking = an.wait_for_line(Process::kOut, "\"event\":\"speaking\"");
  ASSERT_TRUE(speaking);
  EXPECT_THAT(*speaking, HasSubstr(R"("text":"binh speaks","session":)"));
  EXPECT_THAT(*speaking, HasSubstr(R"("name":"binh"})"));
  binh.write("mute\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, R"("event":"quiet","text":"binh is quiet")"));
  binh.write("unmute\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "\"event\":\"speaking\""));
  other.write("rooms\n");
  ASSERT_TRUE(other.wait_for_line(Process::kOut, "\"event\":\"rooms\""));
  EXPECT_THAT(other.output(Process::kOut), Not(HasSubstr("\"speaking\""))) << "not asked for";
}

TEST_F(InACall, SpeakingEventsWithoutJsonAreAMistakeThatIsTold) {
  Process an(as("an", {"--speaking_events"}));
  expect_failure(an, 2, "--speaking_events are for --json; give both");
}

TEST_F(InACall, WhoSpeaksWhileMutedIsToldOnce) {
  Process an(as("an", {"--muted", "--input=tone:440"}));
  const std::string told = "you speak, but are muted: unmute to be heard";
  ASSERT_TRUE(an.wait_for_line(Process::kOut, told));
  EXPECT_FALSE(an.wait_for_line(Process::kOut, told, 1s)) << "one spurt";
}

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

TEST_F(InACall, CommandsAsJsonAreAnsweredWithTheirIds) {
  Process an(as("an", {"--json"}));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "\"event\":\"connected\""));
  an.write(
      "{\"command\":\"say\",\"text\":\"stop\",\"id\":7}\n{\"command\":\"who\",\"id\":\"a\"}\n");
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "\"said\":\"stop\""));
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "\"event\":\"done\",\"text\":\"done\",\"id\":7}"));
  an.write("{\"command\":\"stop\"}\n");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), HasSubstr("\"id\":\"a\"}"));
}

}  // namespace
}  // namespace comcat::testing
