// Whom the client trusts, and where it gets its passcode and its other flags.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "end_to_end/client_fixtures.h"
#include "support/sanitizers.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

TEST_F(ClientTest, APasscodeFileThatEveryoneMayReadDrawsAWarning) {
  ServerProcess server;
  const std::string passcode = file("passcode", "hunter2\n");
  for (const bool open : {true, false}) {
    using std::filesystem::perms;
    std::filesystem::permissions(passcode,
                                 perms::owner_read | (open ? perms::others_read : perms::none));
    Process client(
        command(server.host(), {"--insecure", "--name=an", "--passcode_file=" + passcode}));
    ASSERT_TRUE(client.wait_for_line(Process::kOut, "alone in the room"));
    client.write("stop\n");
    EXPECT_EQ(0, client.wait_exit());
    const std::string warning = "everyone on this machine can read the passcode in " + passcode;
    EXPECT_EQ(open, client.output(Process::kErr).find(warning) != std::string::npos);
  }
}

TEST_F(ClientTest, APasscodeFileThatOthersMayWriteIsNotBelieved) {
  const std::string passcode = file("passcode", "hunter2\n");
  std::filesystem::permissions(passcode, std::filesystem::perms(0620));
  Process client(command("127.0.0.1:1", {"--name=an", "--passcode_file=" + passcode}));
  expect_failure(client, 2, "others than its owner may write to it; ");
}

TEST_F(ClientTest, KnownHostsThatOthersMayWriteAreNotBelieved) {
  ServerProcess server({}, true);
  std::filesystem::create_directory(state());
  std::ofstream(state() + "/known_hosts") << server.host() << " " << server.fingerprint() << "\n";
  std::filesystem::permissions(state() + "/known_hosts", std::filesystem::perms(0666));
  Process client(command(server.host(), {"--name=an", "--passcode=hunter2"}));
  expect_failure(client, 3, "chmod go-w it, or use --trust " + server.fingerprint());
}

/// What others of the same machine can see of `process`.
std::string shown_by_proc(const Process& process, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(process.pid()) + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(ClientTest, ThePasscodeIsNotInTheEnvironmentThatProcShows) {
  ServerProcess server;
  Process::Options options;
  options.environment = {{"COMCAT_PASSCODE", "hunter2"}};
  Process client(command(server.host(), {"--insecure", "--name=an"}), options);
  ASSERT_TRUE(client.wait_for_line(Process::kOut, "connected to"));
  EXPECT_THAT(shown_by_proc(client, "environ"), Not(HasSubstr("hunter2")));
}

TEST_F(ClientTest, FlagsMayStandInAFile) {
  ServerProcess server;
  const std::string flags = file("flags", "--insecure\n--name=an\n--passcode=hunter2\n--muted\n");
  Process client(command(server.host(), {"--flagfile=" + flags}));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected to"));
  EXPECT_TRUE(server.logs("joined"));
}

TEST_F(ClientTest, WhatAnEditorOfWindowsMakesIsRead) {
  ServerProcess server;
  const std::string mark = "\xEF\xBB\xBF";
  const std::string passcode = file("passcode", mark + "hunter2\r\n");
  const std::string flags = file("flags", mark + "--insecure\r\n--name=an # it is I\r\n" +
                                              "--passcode_file=" + passcode + "\r\n");
  Process client(command(server.host(), {"--flagfile=" + flags}));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected to " + server.host() + " as an"));
}

TEST_F(ClientTest, ALineOfAFlagFileIsNeverShownAsItMayBeThePasscode) {
  Process client(command("127.0.0.1:1", {"--flagfile=" + file("flags", "hunter2\n")}));
  EXPECT_EQ(2, client.wait_exit());
  EXPECT_THAT(client.output(Process::kErr), HasSubstr("line 1 of the flag file"));
  EXPECT_THAT(client.output(Process::kErr), Not(HasSubstr("hunter2")));
}

TEST_F(ClientTest, TheUsersOwnFlagsAreReadAndTheCommandLineWins) {
  ServerProcess server;
  std::filesystem::create_directory(directory_.file("comcat"));
  std::ofstream(directory_.file("comcat/client.flags"))
      << "--host=127.0.0.1:1\n--insecure\n--name=an\n--passcode=hunter2\n--room=cellar\n";
  Process::Options options;
  options.environment = {{"XDG_CONFIG_HOME", directory_.path()}};
  Process client(
      {program("comcat-client"), server.host(), "--input=null", "--output=null", "--name=binh"},
      options);
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "as binh"));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "in the room cellar"));
}

TEST_F(ClientTest, AWrongFlagInTheUsersOwnFileIsToldWithTheFile) {
  std::filesystem::create_directory(directory_.file("comcat"));
  std::ofstream(directory_.file("comcat/client.flags")) << "--pascode=x\n";
  Process::Options options;
  options.environment = {{"XDG_CONFIG_HOME", directory_.path()}};
  Process client(command("127.0.0.1:1", {"--name=an"}), options);
  EXPECT_EQ(2, client.wait_exit());
  EXPECT_THAT(client.output(Process::kErr), HasSubstr("did you mean --passcode?"));
  EXPECT_THAT(client.output(Process::kErr), HasSubstr("comcat/client.flags too"));
}

TEST_F(ClientTest, AValueThatCannotBeIsToldWithTheUsersOwnFileToo) {
  std::filesystem::create_directory(directory_.file("comcat"));
  Process::Options options;
  options.environment = {{"XDG_CONFIG_HOME", directory_.path()}};
  for (const char* flag : {"--bitrate=1", "--name=a,\u202E", "--log_level=loud", "--host=a:b:c:d",
                           "--plain_text=x", "--passcode_file=/nowhere"}) {
    std::ofstream(directory_.file("comcat/client.flags")) << flag << "\n";
    Process client({program("comcat-client"), "--room=lobby"}, options);
    EXPECT_EQ(2, client.wait_exit());
    EXPECT_THAT(client.output(Process::kErr), HasSubstr("comcat/client.flags too\n")) << flag;
  }
}

TEST_F(ClientTest, ANameThatIsNotGivenIsTheLoginName) {
  ServerProcess server;
  Process::Options options;
  options.environment = {{"USER", "an\x01"}};
  Process client(command(server.host(), {"--insecure", "--passcode=hunter2"}), options);
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected to " + server.host() + " as an"));
}

TEST_F(ClientTest, AServiceWithoutHomeNeedsNoneToRememberNothing) {
  ServerProcess server;
  Process::Options options;
  options.launcher = {"/usr/bin/env", "-i"};
  const std::vector<std::string> command{program("comcat-client"), server.host(),   "--name=an",
                                         "--input=null",           "--output=null", "--insecure",
                                         "--passcode=hunter2"};
  Process client(command, options);
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "connected to"));
}

TEST_F(ClientTest, TooFewDescriptorsAreToldInOneSentence) {
  Process::Options options;
  options.max_files = 8;
  Process client(command("127.0.0.1:1", {"--name=an"}), options);
  expect_failure(client, 2, "ulimit -n");
}

TEST_F(ClientTest, ThatTheSystemGivesNoThreadIsToldInOneSentence) {
  if (kAddressSanitized) GTEST_SKIP() << "which itself needs terabytes of addresses";
  Process::Options options;
  options.launcher = {"/usr/bin/prlimit", "--as=50000000"};
  Process client(command("127.0.0.1:1", {"--name=an"}), options);
  expect_failure(client, 2, "the system gives this program no more memory or threads");
}

TEST_F(ClientTest, EveryHelpIsTheSame) {
  Process help({program("comcat-client"), "--help"});
  Process full({program("comcat-client"), "--helpfull"});
  EXPECT_EQ(0, help.wait_exit());
  EXPECT_EQ(0, full.wait_exit());
  EXPECT_EQ(help.output(Process::kOut), full.output(Process::kOut));
}

TEST_F(ClientTest, HelpFitsATerminalOf80ColumnsAndNamesItself) {
  for (const char* const name : {"comcat-client", "comcat-server"}) {
    Process help({program(name), "--help"});
    EXPECT_EQ(0, help.wait_exit());
    const std::string text = help.output(Process::kOut);
    EXPECT_THAT(text, HasSubstr("--version")) << name;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_GE(80, line.size()) << line;
  }
}

TEST_F(ClientTest, HelpIsCompleteAndVersionToldWithoutAnError) {
  Process help({program("comcat-client"), "--help"});
  EXPECT_EQ(0, help.wait_exit());
  for (const char* const flag :
       {"host", "name", "passcode", "passcode_file", "room", "insecure", "trust", "state_dir",
        "input", "output", "devices", "frame_ms", "bitrate", "muted", "background", "json",
        "log_level", "plain_text", "flagfile"}) {
    EXPECT_THAT(help.output(Process::kOut), HasSubstr("--" + std::string(flag))) << flag;
  }
  Process version({program("comcat-client"), "--version"});
  EXPECT_EQ(0, version.wait_exit());
  EXPECT_THAT(version.output(Process::kOut), HasSubstr("comcat-client 0."));
}

}  // namespace
}  // namespace comcat::testing
