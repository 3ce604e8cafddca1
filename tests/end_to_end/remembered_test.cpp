// What a client remembers from one call to the next.

#include <string>

#include "end_to_end/client_fixtures.h"

namespace comcat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(InACall, WhomOneIgnoresIsIgnoredInTheNextCallToo) {
  const auto of_binh = "--state_dir=" + state() + "-of-binh";
  Process binh(as("binh", {of_binh}));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "connected to"));
  {
    Process an(as("an"));
    an.write("ignore binh\nvolume chi 50\n");
    ASSERT_TRUE(an.wait_for_line(Process::kOut, "you hear chi at 50 %"));
    EXPECT_EQ(0, an.finish());
  }
  Process an(as("an"));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "binh (ignored)"));
  binh.write("say hello\n");
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "<binh> hello"));
  an.write("say that came\n");  // after it
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "<an> that came"));
  an.write("unignore binh\nsay and now\n");
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "<an> and now"));
  EXPECT_THAT(an.output(Process::kOut), Not(HasSubstr("<binh> hello")));
}

TEST_F(InACall, OneOnATerminalComesBackToTheRoomWhereTheLastCallEndedAndMuted) {
  Process::Options terminal;
  terminal.input = Process::Input::kTerminal;
  {
    Process an(as("an"), terminal);
    ASSERT_TRUE(an.wait_for_text(Process::kOut, "alone in the room lobby"));
    an.write("join attic\rmute\r");
    ASSERT_TRUE(an.wait_for_text(Process::kOut, "nobody hears you"));
    an.write("stop\r");
    EXPECT_EQ(0, an.wait_exit());
  }
  Process again(as("an"), terminal);
  EXPECT_TRUE(again.wait_for_text(Process::kOut, "alone in the room attic"));
  EXPECT_TRUE(again.wait_for_text(Process::kOut, "you begin muted"));
  Process program(as("program"));
  EXPECT_TRUE(program.wait_for_line(Process::kOut, "alone in the room lobby"))
      << "programs begin in the same way each time";
}

}  // namespace
}  // namespace comcat::testing
