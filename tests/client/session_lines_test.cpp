// What becomes of the lines of a console, at the server's pace, and when the session leaves.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "comcat/client/words.h"

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(InACall, PlainTextIsSaidOnceAHintHasToldSo) {
  type("hello there");
  EXPECT_THAT(world_.sent, IsEmpty());
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("\"hello\" is no command; this line was not said, but from here on lines "
                          "like it are said to your room"));
  type("hello there");
  ASSERT_EQ(1U, world_.sent.size());
  EXPECT_EQ("hello there", std::get<wire::Say>(world_.sent[0].verb).text);
  type("mtue");
  EXPECT_EQ(1U, world_.sent.size());
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("did you mean mute?")));
}

TEST_F(InACall, PlainTextThatCannotBeSaidIsToldWhyAndNotThatItIsNoCommand) {
  for (const std::string& text : {std::string(5000, 'x'), "so " + std::string(5000, 'x')}) {
    type(text);
    EXPECT_THAT(world_.take_texts(), ElementsAre("the text has " + std::to_string(text.size()) +
                                                 " bytes; at most 2000 are allowed"));
  }
  type("so \x1b[0m it goes");
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("the text holds control")));
  EXPECT_THAT(world_.sent, IsEmpty());
}

TEST(Session, PlainTextIsSaidAtOnceOrNeverIfTheUserWantsThat) {
  for (const auto& [plain_text, said] : {std::pair{PlainText::kSay, 2U}, {PlainText::kHint, 0U}}) {
    World world;
    Session session({"an", "lobby", "s", false, plain_text}, world);
    session.on_welcome(welcome(1));
    session.on_line("hello there", base::Time{1h});
    session.on_line("hello there", base::Time{1h});
    EXPECT_EQ(said, world.sent.size());
  }
}

TEST_F(InACall, LinesThatComeFasterThanTheServerTakesThemLeaveAtItsPace) {
  std::vector<std::string> texts;
  const base::Time begun = now_;
  for (int i = 0; i < 100; ++i) {
    while (!session_.takes_lines()) {
      now_ = std::max(now_, session_.next_deadline());
      session_.step(now_);
      answer();
    }
    type("say line " + std::to_string(i));
    texts.push_back("line " + std::to_string(i));
    if (session_.takes_lines()) answer();
  }
  session_.step(now_ + 100ms);
  std::vector<std::string> said;
  for (const wire::Command& it : world_.sent) said.push_back(std::get<wire::Say>(it.verb).text);
  EXPECT_EQ(texts, said);
  EXPECT_GE(now_ - begun, 9100ms) << "10.4 a second, the first 4 at once";
  EXPECT_LE(now_ - begun, 10s);
  EXPECT_THAT(world_.take_texts(), IsEmpty());
}

TEST_F(InACall, WhatTheServerHasNoTimeForIsSentAgainInOrder) {
  type("say one");
  type("say two");
  type("say three");
  const std::vector<wire::Command> first = world_.sent;
  world_.sent.clear();
  session_.on_outcome({first[0].trace_id, 0, "", {}}, now_);
  session_.on_outcome({first[2].trace_id, 8, "too many commands a second", {}}, now_);
  session_.on_outcome({first[1].trace_id, 8, "too many commands a second", {}}, now_);
  EXPECT_FALSE(session_.takes_lines());
  session_.step(now_ + 1s);
  EXPECT_THAT(world_.sent, IsEmpty());
  for (const char* const text : {"two", "three"}) {
    now_ = session_.next_deadline();
    session_.step(now_);
    EXPECT_EQ(text, std::get<wire::Say>(world_.sent.back().verb).text);
    answer();
  }
  EXPECT_EQ(2U, world_.sent.size());
  EXPECT_TRUE(session_.takes_lines());
  EXPECT_THAT(world_.take_texts(), IsEmpty());
}

TEST_F(InACall, WhatWasUnderWayWhenTheConnectionBrokeIsNamed) {
  type("say one");
  type("who attic");
  type("stats");
  session_.on_interrupted(
      {transport::FailureKind::kUnreachable, "the connection was lost", "", true});
  EXPECT_THAT(world_.take_texts(),
              ElementsAre(HasSubstr("connecting again"), HasSubstr("(say \"one\")"),
                          "the connection was lost before the server answered who attic",
                          HasSubstr("sent 0 frames")));
}

TEST_F(InACall, StopWaitsForWhatTheServerHasToAnswer) {
  type("say one");
  type("stop");
  EXPECT_EQ(0, world_.left);
  EXPECT_FALSE(session_.takes_lines());
  answer(8, "too many commands a second");
  session_.step(session_.next_deadline());
  EXPECT_EQ(0, world_.left) << "it is sent again before";
  answer();
  EXPECT_EQ(1, world_.left);
}

TEST_F(InACall, StopWaitsNoLongerThanForAnAnswerAndNotInAnOutage) {
  type("rooms");
  type("stop");
  session_.step(now_ + 3s);
  EXPECT_EQ(1, world_.left);
}

TEST_F(InACall, InAnOutageStopLeavesAtOnce) {
  type("say one");
  type("stop");
  session_.on_interrupted(
      {transport::FailureKind::kUnreachable, "the connection was lost", "", true});
  EXPECT_EQ(1, world_.left);
}

TEST_F(InACall, StopLeavesOnceAndHelpAndDevicesShow) {
  type("help");
  type("devices");
  session_.on_sound(Report("devices", "no device"));
  type("");
  EXPECT_THAT(world_.take_texts(), ElementsAre(command_help(), "no device"));
  EXPECT_EQ(1, world_.listed);
  type("stop");
  session_.stop();
  EXPECT_EQ(1, world_.left);
  EXPECT_TRUE(session_.stopping());
}

}  // namespace
}  // namespace comcat::client
