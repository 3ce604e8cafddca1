// Commands from other programs of the user's.

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/stat.h>

#include "end_to_end/client_fixtures.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class Control : public InACall {
 protected:
  /// comcat-client --send WORDS.
  [[nodiscard]] Process sender(const std::string& words, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(),
                 {program("comcat-client"), "--send=" + words, "--control=" + path_});
    return Process(flags);
  }
  [[nodiscard]] std::vector<std::string> controlled(const std::string& name,
                                                    std::vector<std::string> flags = {}) const {
    flags.push_back("--control=" + path_);
    return as(name, flags);
  }

  const TemporaryDirectory place_;
  const std::string path_ = place_.file("control");
};

TEST_F(Control, AKeyBindingMutesAndTheOthersSeeIt) {
  Process binh(as("binh"));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "alone in the room"));
  Process an(controlled("an", {"--background"}));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "an joined"));
  Process mute = sender("mute");
  EXPECT_EQ(0, mute.wait_exit());
  EXPECT_EQ("you are muted: nobody hears you\n", mute.output(Process::kOut));
  EXPECT_TRUE(binh.wait_for_line(Process::kOut, "an muted"));
  EXPECT_TRUE(an.wait_for_line(Process::kOut, "you are muted"));
  Process who = sender("who", {"--json"});
  EXPECT_EQ(0, who.wait_exit());
  EXPECT_THAT(who.output(Process::kOut), HasSubstr(R"({"event":"who","text":"in the room lobby)"));
  Process stop = sender("stop");
  EXPECT_EQ(0, stop.wait_exit());
  EXPECT_EQ(0, an.wait_exit());
  EXPECT_THAT(an.output(Process::kOut), Not(HasSubstr("in the room lobby: binh, an (you, muted)")));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Control, ItsSocketIsTheUsersAloneAndASecondClientIsRefusedIt) {
  Process an(controlled("an"));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "connected to"));
  struct stat info {};
  ASSERT_EQ(0, ::lstat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 07777U);
  Process binh(controlled("binh"));
  expect_failure(binh, 2,
                 "cannot listen at --control " + path_ + ": another program listens there");
  an.signal(SIGKILL);
  ASSERT_EQ(128 + SIGKILL, an.wait_exit());
  Process nobody = sender("talk");
  expect_failure(nobody, 5, "nobody listens there");
  Process again(controlled("chi"));
  EXPECT_TRUE(again.wait_for_line(Process::kOut, "connected to")) << "in place of the dead one";
}

TEST_F(Control, WhatIsNotDoneIsToldByTheExitCode) {
  Process an(controlled("an"));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "connected to"));
  Process talk = sender("talk");
  expect_failure(talk, 3, "talk and hush are for activation push");
  Process shout = sender("shout");
  expect_failure(shout, 2, "\"shout\" is no command");
  Process nowhere({program("comcat-client"), "--send=talk"});
  expect_failure(nowhere, 2, "--send needs the --control");
  Process nothing = sender("");  // a script's empty variable begins no call
  expect_failure(nothing, 2, "--send needs a command");
}

}  // namespace
}  // namespace comcat::testing
