// The key for talking: on a terminal that tells when it is let go (kitty's keyboard protocol), and
// on one that does not.

#include <csignal>
#include <string>
#include <vector>

#include "end_to_end/client_fixtures.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kAsked = "\033[?u\033[c";
constexpr const char* kTold = "\033[>2u";
constexpr const char* kNoMore = "\033[<u";
constexpr const char* kDown = "\033[19~";
constexpr const char* kUp = "\033[19;1:3~";
constexpr const char* kTalk = "you talk: they hear you";
constexpr const char* kHush = "you hush: nobody hears you";

class TalkKeyOnATerminal : public InACall {
 protected:
  TalkKeyOnATerminal() {
    options_.input = Process::Input::kTerminal;
    options_.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    options_.without = {"COMCAT_PASSCODE"};
  }
  [[nodiscard]] std::vector<std::string> pushing() const {
    return as("an", {"--nostatus_line", "--input=tone:440", "--activation=push"});
  }
  Process::Options options_;
};

TEST_F(TalkKeyOnATerminal, IsHeldWhereTheTerminalTells) {
  Process an(pushing(), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, kAsked));
  an.write("\033[?0u\033[?62;22c");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, kTold));
  an.write(kDown);
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kTalk));
  an.write("\033[19;1:2~\033[19;1:2~sayy\033[1;1:1D\033[1;1:3D\033[3~ hi");
  an.write(kUp);
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kHush));
  an.write("\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, "an> hi")) << "typing is as ever";
  an.write("activation always\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kNoMore));
  an.write("activation push\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kTold));
  an.write("stop\r");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kNoMore)) << "as the terminal was";
}

TEST_F(TalkKeyOnATerminal, NobodyHoldsItWhileTheTerminalIsAnothers) {
  Process an(pushing(), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, kAsked));
  an.write("\033[?0u\033[?62;22c");
  ASSERT_TRUE(an.wait_for_text(Process::kOut, kTold));
  an.write(kDown);
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kTalk));
  an.signal(SIGTSTP);
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kNoMore));
  an.signal(SIGCONT);
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kTold));
  an.write("stop\r");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), HasSubstr(kHush));
}

TEST_F(TalkKeyOnATerminal, IsPressedTwiceWhereTheTerminalTellsNothing) {
  Process an(pushing(), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, kAsked));
  an.write("\033[?62;22c");
  an.write(std::string(kDown) + kDown + kDown);  // held
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kTalk));
  an.write("mute\rhush\r");
  EXPECT_TRUE(an.wait_for_text(Process::kOut, kHush));
  an.write("stop\r");
  EXPECT_EQ(0, an.wait_exit());
  const std::string& said = an.output(Process::kOut);
  EXPECT_EQ(said.find(kHush), said.rfind(kHush)) << "by the word alone";
  EXPECT_THAT(said, Not(HasSubstr(kTold)));
  EXPECT_THAT(said, Not(HasSubstr(kNoMore)));
}

TEST_F(TalkKeyOnATerminal, NothingIsAskedOfTheTerminalWhereNobodyPushesToTalk) {
  Process an(as("an", {"--nostatus_line"}), options_);
  ASSERT_TRUE(an.wait_for_text(Process::kOut, "> "));
  an.write("stop\r");
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), Not(HasSubstr("\033[?u")));
}

TEST_F(TalkKeyOnATerminal, WhatIsNoKeyForItIsRefused) {
  Process an(as("an", {"--talk_key=space"}));
  expect_failure(an, 2, "--talk_key must be one of F5 to F12, or none");
}

}  // namespace
}  // namespace comcat::testing
