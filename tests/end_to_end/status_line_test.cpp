// The status line on a terminal, as it is seen there.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>

#include "end_to_end/client_fixtures.h"
#include "support/screen.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Lines = std::vector<std::string>;

class TheStatusLine : public InACall {
 protected:
  TheStatusLine() {
    options_.input = Process::Input::kTerminal;
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    options_.without = {"COMCAT_PASSCODE"};
  }
  [[nodiscard]] Lines screen(const Process& client) const {
    Screen screen(options_.columns);
    screen.write(client.output(Process::kOut).substr(from_bytes_));
    return screen.lines();
  }
  /// The last `count` lines of the screen.
  [[nodiscard]] Lines last(const Process& client, std::size_t count) const {
    Lines lines = screen(client);
    lines.erase(lines.begin(),
                lines.end() - static_cast<std::ptrdiff_t>(std::min(count, lines.size())));
    return lines;
  }
  /// Waits until the last lines are `wanted`.
  [[nodiscard]] bool shows(Process& client, const Lines& wanted) const {
    return shows_that(client, [&] { return last(client, wanted.size()) == wanted; });
  }
  /// Waits until the screen is as `is_so` says.
  [[nodiscard]] static bool shows_that(Process& client, const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + Process::kPatience;
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      // Whatever it prints next; what is looked for never comes.
      std::ignore = client.wait_for_text(Process::kOut, "\x01", 20ms);
    }
    return true;
  }
  Process::Options options_;
  std::size_t from_bytes_ = 0;  // what was written before a resize is not drawn
};

constexpr const char* kAlone = "lobby, 1 here | mic ....";
constexpr const char* kTwo = "lobby, 2 here | mic ....";

TEST_F(TheStatusLine, SaysWhoSpeaksAndEndsWithTheVoice) {
  Process an(as("an"), options_);
  ASSERT_TRUE(shows(an, {">", kAlone})) << ::testing::PrintToString(screen(an));
  Process binh(as("binh", {"--input=tone:440"}));
  ASSERT_TRUE(shows_that(an, [&] {
    return last(an, 1).at(0).starts_with("lobby, 2 here | binh #### | mic ....");
  })) << ::testing::PrintToString(screen(an));
  binh.write("mute\n");
  EXPECT_TRUE(shows(an, {"binh muted", ">", kTwo})) << ::testing::PrintToString(screen(an));
  an.write("mute\r");
  EXPECT_TRUE(shows_that(
      an, [&] { return last(an, 1).at(0).starts_with("lobby, 2 here | muted | round trip "); }));
  an.write("stop\r");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_EQ(Lines{"you left the call"}, last(an, 1)) << "and takes its line with it";
}

TEST_F(TheStatusLine, StaysBelowAHalfTypedLineWhile20LinesArrive) {
  Process an(as("an"), options_);
  ASSERT_TRUE(shows(an, {">", kAlone}));
  an.write("say half a li");
  Process binh(as("binh"));
  ASSERT_TRUE(shows(an, {"binh joined", "> say half a li", kTwo}));
  Lines wanted;
  for (int i = 1; i <= 20; ++i) {
    binh.write("say line " + std::to_string(i) + "\n");
    wanted.push_back("<binh> line " + std::to_string(i));
  }
  wanted.insert(wanted.end(), {"> say half a li", kTwo});
  EXPECT_TRUE(shows(an, wanted)) << ::testing::PrintToString(screen(an));
  an.write("ne\r");
  EXPECT_TRUE(shows_that(an, [&] {
    const Lines lines = last(an, 3);
    return lines.at(0) == "<an> half a line" && lines.at(1) == ">";
  })) << ::testing::PrintToString(screen(an));
  const Lines all = screen(an);
  EXPECT_EQ(
      1, std::count_if(all.begin(), all.end(),
                       [](const std::string& line) { return line.starts_with("lobby, 2 here"); }))
      << "nothing of it is left behind";
}

TEST_F(TheStatusLine, GoesDownWithALineThatGrowsAndUpWithOneThatShrinks) {
  options_.columns = 40;
  Process an(as("an"), options_);
  ASSERT_TRUE(shows(an, {">", kAlone}));
  an.write(std::string(38, 'x'));  // a row is full
  ASSERT_TRUE(shows(an, {"> " + std::string(38, 'x'), "", kAlone}))
      << ::testing::PrintToString(screen(an));
  an.write("yz");
  ASSERT_TRUE(shows(an, {"> " + std::string(38, 'x'), "yz", kAlone}));
  an.write("\x01");  // Ctrl+A, to its beginning
  an.write("a");
  ASSERT_TRUE(shows(an, {"> a" + std::string(37, 'x'), "xyz", kAlone}));
  an.write("\x0b");  // Ctrl+K
  EXPECT_TRUE(shows(an, {"> a", kAlone})) << ::testing::PrintToString(screen(an));
}

TEST_F(TheStatusLine, IsDrawnAnewWhereCompletionAndPastesHaveDrawn) {
  Process an(as("an"), options_);
  ASSERT_TRUE(shows(an, {">", kAlone}));
  an.write("unm\t");
  ASSERT_TRUE(shows(an, {"> unmute", kAlone}));
  an.write("\x15\033[200~one\rtwo\r\033[201~");
  ASSERT_TRUE(shows(an, {"say the 2 lines that were pasted? (y/n)", kAlone}));
  an.write("n");
  EXPECT_TRUE(shows(an, {">", kAlone}));
}

TEST_F(TheStatusLine, FollowsTheTerminalsWidthAndIsGoneBelow40Columns) {
  Process an(as("an", {"--room=the garden behind the old house"}), options_);
  const std::string wide = "the garden behind the old house, 1 here | mic ....";
  ASSERT_TRUE(shows(an, {">", wide}));
  an.write("say x");
  ASSERT_TRUE(shows(an, {"> say x", wide}));
  for (const auto& [columns, wanted] : std::vector<std::pair<unsigned short, Lines>>{
           {40, {"> say x", "the garden behind t…, 1 here | mic ...."}},
           {39, {"> say x"}},
           {80, {"> say x", wide}}}) {
    from_bytes_ = an.output(Process::kOut).size();
    options_.columns = columns;
    an.resize(columns);
    EXPECT_TRUE(shows(an, wanted)) << columns << ::testing::PrintToString(screen(an));
  }
  EXPECT_FALSE(an.wait_exit(0ms));
}

TEST_F(TheStatusLine, ATerminalOf40ColumnsHasItAndOneOf39HasNot) {
  for (const unsigned short columns : std::vector<unsigned short>{40, 39}) {
    options_.columns = columns;
    Process an(as("an"), options_);
    const Lines wanted =
        columns == 40 ? Lines{">", kAlone} : Lines{"help to see what you can do", ">"};
    ASSERT_TRUE(shows_that(an, [&] {
      return !screen(an).empty() && last(an, 1) == Lines{wanted.back()};
    })) << ::testing::PrintToString(screen(an));
    an.write("mute\r");
    ASSERT_TRUE(an.wait_for_text(Process::kOut, "(muted) > "));
    EXPECT_EQ(columns == 40, an.output(Process::kOut).find("1 here") != std::string::npos);
  }
}

TEST_F(TheStatusLine, IsOffWhereItWasTurnedOffAndOnAPipeAndADumbTerminal) {
  Process off(as("off", {"--nostatus_line"}), options_);
  Process pipe(as("pipe"));
  options_.environment = {{"TERM", "dumb"}, {"LC_ALL", "C.UTF-8"}};
  Process dumb(as("dumb"), options_);
  for (Process* const client : {&off, &pipe, &dumb}) {
    ASSERT_TRUE(client->wait_for_line(Process::kOut, "connected"));
    if (client == &off) {
      ASSERT_TRUE(client->wait_for_text(Process::kOut, "> "));
    }
    client->write(client == &pipe ? "mute\nrooms\n" : "mute\rrooms\r");
    ASSERT_TRUE(client->wait_for_line(Process::kOut, "rooms:"));
    EXPECT_THAT(client->output(Process::kOut), Not(HasSubstr(" here")));
  }
}

TEST_F(TheStatusLine, IsGoneWhileStoppedAndBackAfterFg) {
  options_.environment.push_back({"PS1", "shell% "});
  Process sh({"/bin/bash", "--norc", "-i"}, options_);
  ASSERT_TRUE(sh.wait_for_text(Process::kErr, "shell% "));
  std::string line;
  for (const std::string& word : as("an")) line += word + " ";
  sh.write(line + "\n");
  ASSERT_TRUE(shows(sh, {">", kAlone}));
  sh.write("say he");
  ASSERT_TRUE(shows(sh, {"> say he", kAlone}));
  sh.write("\x1a");
  ASSERT_TRUE(sh.wait_for_text(Process::kErr, "shell% "));
  EXPECT_THAT(last(sh, 1), Not(ElementsAre(StartsWith("lobby"))));
  sh.write("fg\n");
  ASSERT_TRUE(shows(sh, {"> say he", kAlone})) << ::testing::PrintToString(screen(sh));
  sh.write("llo\r");
  EXPECT_TRUE(shows_that(sh, [&] { return last(sh, 3).at(0) == "<an> hello"; }));
  sh.write("stop\r");
  EXPECT_TRUE(sh.wait_for_text(Process::kOut, "you left the call"));
}

TEST_F(TheStatusLine, SaysThatTheConnectionIsLost) {
  Process an(as("an"), options_);
  ASSERT_TRUE(shows(an, {">", kAlone}));
  server_.process().signal(SIGKILL);
  EXPECT_TRUE(shows(an, {"(offline) >", "lobby, 1 here | offline"}))
      << ::testing::PrintToString(screen(an));
}

TEST_F(TheStatusLine, AMutedClientThatNobodySpeaksToIsAtRest) {
  Process an(as("an", {"--muted"}), options_);
  ASSERT_TRUE(shows(an, {"(muted) >", "lobby, 1 here | muted"}));
  const std::size_t before = an.output(Process::kOut).size();
  EXPECT_FALSE(an.wait_for_text(Process::kOut, "\x01", 2s));
  EXPECT_EQ(before, an.output(Process::kOut).size()) << "nothing is drawn that has not changed";
}

}  // namespace
}  // namespace comcat::testing
