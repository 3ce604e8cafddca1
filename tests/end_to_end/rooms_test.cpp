// Rooms that last, and rooms whose names nobody guesses, as users meet them.

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>

#include "support/client_process.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

std::vector<std::string> silent(std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--input=null", "--output=null"});
  return more;
}

TEST(Rooms, ANewRoomIsSaidInOneLineAndEnteredByWhoeverIsToldIt) {
  ServerProcess server;
  ClientProcess an(server, "an", silent({"--new_room"}));
  const auto line = an.process().wait_for_line(Process::kOut, "this room is new");
  ASSERT_TRUE(line);
  const std::string room = line->substr(line->rfind(' ') + 1);
  EXPECT_EQ(10U, room.size()) << *line;
  ClientProcess bo(server, "bo", silent());
  bo.type("rooms");
  ASSERT_TRUE(bo.prints("lobby (1), where you are"));
  bo.type("join " + room);
  EXPECT_TRUE(bo.prints("in the room " + room + ": an, bo (you)"));
  EXPECT_TRUE(an.prints("bo joined"));
  bo.type("new");
  EXPECT_TRUE(bo.prints("this room is new; others come in with: join "));
  EXPECT_TRUE(an.prints("bo went to another room"));
}

TEST(Rooms, OfAFileLastWithTheirPasscodesAndAreReadAnewAtSighup) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("rooms");
  std::ofstream(file) << "lounge\n\"board room\" passcode=\"let us in\"\n";
  const std::string passcode = directory.file("passcode");
  std::ofstream(passcode) << "let us in\n";
  ServerProcess server({"--rooms=" + file});
  ClientProcess an(server, "an", silent({"--room_passcode_file=" + passcode, "--room=board room"}));
  ASSERT_TRUE(an.prints("you are alone in the room \"board room\""));
  ClientProcess bo(server, "bo", silent());
  bo.type("join board room");
  EXPECT_TRUE(bo.prints("the room board room asks for a passcode of its own"));
  bo.type("who \"board room\"");
  EXPECT_TRUE(bo.prints("who is in the room board room is for those who are there to see"));
  bo.type("rooms names");
  EXPECT_TRUE(bo.prints("\"board room\" (1), with a passcode"));
  std::ofstream(file) << "\"board room\"\ncellar most=1\n";
  server.process().signal(SIGHUP);
  ASSERT_TRUE(server.logs("rooms_reread rooms=2"));
  bo.type("rooms");
  EXPECT_TRUE(bo.prints("cellar (0)"));
  bo.type("join board room");
  EXPECT_TRUE(bo.prints("in the room \"board room\": an, bo (you)"));
  std::ofstream(file) << "board room\n";
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.logs("rooms_kept why=\"" + file + ":1: after a room's name come"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ(0, bo.stop());
}

TEST(Rooms, OnATerminalThePasscodeIsAskedForAndNeverShown) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("rooms");
  std::ofstream(file) << "club passcode=swordfish\n";
  ServerProcess server({"--rooms=" + file});
  Process::Options options;
  options.input = Process::Input::kTerminal;
  options.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}};
  const std::string state = directory.path() + "/state";
  ClientProcess an(server, "an", silent({"--nostatus_line", "--state_dir=" + state}), options);
  Process& terminal = an.process();
  ASSERT_TRUE(terminal.wait_for_text(Process::kOut, "> "));
  terminal.write("join club\r");
  ASSERT_TRUE(terminal.wait_for_text(Process::kOut, "passcode of the room club: "));
  terminal.write("swordfosh\b\b\bish\r");
  EXPECT_TRUE(terminal.wait_for_text(Process::kOut, "you are alone in the room club"));
  terminal.write("join lobby\r");
  EXPECT_TRUE(terminal.wait_for_text(Process::kOut, "you are alone in the room lobby"));
  EXPECT_EQ(std::string::npos, terminal.output(Process::kOut).find("sword"));
  terminal.write("say swordfish\r");  // in the wrong place
  EXPECT_TRUE(terminal.wait_for_text(Process::kOut, "> swordfish"));
  terminal.write("stop\r");
  EXPECT_EQ(0, terminal.wait_exit());
  std::ifstream typed(state + "/console_history");
  const std::string lines{std::istreambuf_iterator<char>(typed), {}};
  EXPECT_EQ("join club\njoin lobby\nstop\n", lines);
}

TEST(Rooms, AFileThatIsWrongIsOneSentence) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file("rooms")) << "lounge\nattic most=none\n";
  Process server({program("comcat-server"), "--open", "--insecure", "--listen=127.0.0.1:0",
                  "--state_dir=" + directory.path(), "--rooms=" + directory.file("rooms")});
  EXPECT_TRUE(server.wait_for_line(Process::kErr, "rooms:2: write most=N with N from 1 to"));
  EXPECT_EQ(2, server.wait_exit());
}

TEST(Rooms, TheNextServerIsTriedWhereTheFirstDoesNotAnswer) {
  int gone = 0;
  {
    ServerProcess before;
    gone = before.port();
  }
  ServerProcess server;
  ClientProcess an(server, "an",
                   silent({"--host=127.0.0.1:" + std::to_string(gone) + "," + server.host()}));
  EXPECT_TRUE(an.prints("connected to " + server.host() + " as an"));
  EXPECT_EQ(0, an.stop());
}

}  // namespace
}  // namespace comcat::testing
