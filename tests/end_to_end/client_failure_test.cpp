// Calls that do not come about: one sentence and the documented exit code.

#include <filesystem>
#include <string>
#include <vector>

#include "end_to_end/client_fixtures.h"
#include "support/silent_port.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;

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
      {{"--name=an", "--host="}, 2, "no server is named; write, for example, comcat-client "},
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
      {{"--name=an", "word"}, 2, "the server is named already, and 'word' is no flag"},
      {{"--name=an", "--input=file:/does/not/exist.wav"}, 6, "/does/not/exist.wav"},
      {{"--name=an", "--input=file:/"}, 6, "is not a file"},
      {{"--name=an", "--input=file:" + file("letter.wav", "Dear An, this is no sound.")},
       6,
       "use WAV, FLAC, MP3"},
  };
  for (const BadInput& bad : kInputs) {
    Process client(command("127.0.0.1:1", bad.flags));
    SCOPED_TRACE(bad.part);
    expect_failure(client, bad.code, bad.part);
  }
}

TEST_F(ClientTest, TheServerMayStandWithoutAFlagBesideFlagsThatBeginAsItsOwnDoes) {
  for (const char* const dashes : {"--", "-"}) {
    Process client({program("comcat-client"), "127.0.0.1:1",
                    dashes + std::string("host_passcode=known-to-hosts"), "--name=a\tb"});
    expect_failure(client, 2, "control");  // what is wrong with the name
  }
}

TEST_F(ClientTest, WithJsonAFailureBeforeTheCallIsAnEventAsLaterOnesAre) {
  struct Early {
    std::string flag;
    int code;
    const char* reason;
  };
  for (const Early& early :
       {Early{"--input=file:/does/not/exist.wav", 6, "sound_device"},
        Early{"--input=no such device", 6, "sound_device"}, Early{"--name=a\tb", 2, "usage"},
        Early{"--host=a b", 2, "usage"}, Early{"--passcode_file=/does/not/exist", 2, "usage"},
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

TEST_F(ClientTest, AHostThatRefuses) {
  const SilentPort closed(false);
  Process client(command(closed.host(), {"--name=an", "--passcode=x"}));
  expect_failure(client, 5, "refuses connections");
}

TEST_F(ClientTest, AHostThatHangsIsGivenUpAfterTenSeconds) {
  const SilentPort silent;
  Process client(command(silent.host(), {"--name=an", "--passcode=x"}));
  expect_failure(client, 5, "no answer within 10 s");
}

TEST_F(ClientTest, AMissingAndAWrongPasscodeAreRefusedWithDistinctSentences) {
  ServerProcess server;
  Process missing(command(server.host(), {"--insecure", "--name=an"}));
  expect_failure(missing, 3, "asks for a passcode");
  Process wrong(command(server.host(), {"--insecure", "--name=an", "--passcode=wrong"}));
  expect_failure(wrong, 3, "the passcode is wrong; it came from --passcode");
  const std::string path = file("passcode", "wrong\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  Process of_file(command(server.host(), {"--insecure", "--name=an", "--passcode_file=" + path}));
  expect_failure(of_file, 3, "it came from the file " + path);
  Process::Options options;
  options.environment = {{"COMCAT_PASSCODE", "wrong"}};
  Process of_environment(command(server.host(), {"--insecure", "--name=an"}), options);
  expect_failure(of_environment, 3, "it came from the variable COMCAT_PASSCODE");
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

TEST_F(ClientTest, ATakenNameInARoomNamedWithASemicolonIsToldWhole) {
  ServerProcess server;
  const std::vector<std::string> flags = {"--insecure", "--name=an", "--passcode=hunter2",
                                          "--room=a; b"};
  Process an(command(server.host(), flags));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "alone in the room"));
  Process again(command(server.host(), flags));
  expect_failure(again, 3, "goes by the name an; start again with another --name");
  EXPECT_THAT(again.output(Process::kErr), HasSubstr("a; b"));
}

TEST_F(ClientTest, WhoSendsMoreThanTheServerTakesIsWarnedAndThenSentAway) {
  ServerProcess server({"--max_frames_per_second=20"});
  Process client(command(server.host(),
                         {"--insecure", "--name=an", "--passcode=hunter2", "--input=tone:440"}));
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "nobody hears you until you send less"));
  EXPECT_EQ(3, client.wait_exit());
  EXPECT_THAT(client.output(Process::kErr),
              HasSubstr("refused: disconnected for sending more frames a second than this server "
                        "takes; try a longer --frame_ms"));
}

TEST_F(InACall, WhatAFullDiskDoesNotTakeOfTheOutputIsTold) {
  Process::Options options;
  options.launcher = {"/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh"};
  Process client(as("an"), options);
  EXPECT_TRUE(client.wait_for_line(Process::kErr, "standard output cannot be written"));
  EXPECT_EQ(0, client.finish());
}

TEST_F(InACall, AFileThatMayNotGrowAnyMoreIsAFullDiskAndNoEnd) {
  Process::Options options;
  options.launcher = {"/usr/bin/prlimit", "--fsize=20000"};
  Process client(as("an", {"--output=file:" + directory_.file("out.wav")}), options);
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "make room"));
  client.write("who\n");
  EXPECT_TRUE(client.wait_for_line(Process::kOut, "you are alone in the room lobby"));
  EXPECT_EQ(0, client.finish());
}

}  // namespace
}  // namespace comcat::testing
