// Who is sent from one word to another: the real server, real clients.

#include "end_to_end/client_fixtures.h"

namespace comcat::testing {
namespace {

TEST_F(InACall, OneWhoPushesToTalkIsHeardFromTalkToHush) {
  Process an(as("an", {"--input=tone:440", "--activation=push"}));
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "alone in the room"));
  Process binh(as("binh", {"--json", "--speaking_events"}));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "connected"));
  an.write("say nothing but this\n");
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, "nothing but this"));
  EXPECT_EQ(std::string::npos, binh.output(Process::kOut).find(R"("speaking")"));
  an.write("talk\n");
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "you talk: they hear you"));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, R"("event":"speaking")"));
  an.write("hush\n");
  ASSERT_TRUE(an.wait_for_line(Process::kOut, "you hush: nobody hears you"));
  ASSERT_TRUE(binh.wait_for_line(Process::kOut, R"("event":"quiet")"));
}

}  // namespace
}  // namespace comcat::testing
