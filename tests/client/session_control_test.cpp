// What a session does with other programs' commands, and whom it tells.

#include <string>

#include <gmock/gmock.h>

#include "comcat/client/control.h"

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AControlledCall : public InACall {
 protected:
  void ask(std::uint64_t ticket, const std::string& line) {
    session_.on_control(ticket, line, now_);
  }
  /// The one answer to `ticket`.
  std::string answer_to(std::uint64_t ticket) {
    const std::vector<std::string>& answers = world_.answers[ticket];
    EXPECT_EQ(1U, answers.size()) << ticket;
    return answers.empty() ? "" : answers.front();
  }
};

TEST_F(AControlledCall, ACommandIsAnsweredToWhomGaveIt) {
  ask(7, R"({"command":"mute","id":"key"})");
  EXPECT_TRUE(world_.mic_muted);
  EXPECT_THAT(answer_to(7), HasSubstr(R"("event":"you_muted")"));
  EXPECT_THAT(answer_to(7), HasSubstr(R"("id":"key")"));
  ask(8, "unmute");
  EXPECT_FALSE(world_.mic_muted);
  EXPECT_THAT(answer_to(8), HasSubstr(R"("event":"you_unmuted")"));
  EXPECT_THAT(world_.shown, IsEmpty()) << "the port decides whether the user is told, too";
}

TEST_F(AControlledCall, WhatTheServerAnswersGoesToWhomAskedAndNotToTheConsole) {
  ask(3, R"({"command":"say","text":"hello","id":1})");
  ask(4, "rooms");
  EXPECT_THAT(world_.answers, IsEmpty());
  type("rooms");
  ASSERT_EQ(3U, world_.sent.size());
  const auto outcome = [&](std::size_t i, decltype(wire::Outcome::result) result) {
    session_.on_outcome({world_.sent[i].trace_id, 0, "", std::move(result)}, now_);
  };
  outcome(1, wire::RoomList{});
  EXPECT_THAT(answer_to(4), HasSubstr(R"("event":"rooms")"));
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  outcome(2, wire::RoomList{});
  EXPECT_THAT(world_.take_texts(), ElementsAre("rooms:"));
  outcome(0, {});
  EXPECT_THAT(answer_to(3), HasSubstr(R"("event":"done")"));
}

TEST_F(AControlledCall, WhatIsNoCommandIsAnErrorAndNeverSaidToTheRoom) {
  type("hello everyone");  // from here on such lines are said
  world_.take_texts();
  ask(1, "hello everyone");
  ask(2, R"({"command":"shout"})");
  EXPECT_THAT(answer_to(1), HasSubstr(R"("event":"error")"));
  EXPECT_THAT(answer_to(2), HasSubstr(R"("event":"error")"));
  EXPECT_THAT(world_.sent, IsEmpty());
  EXPECT_THAT(world_.take_texts(), IsEmpty());
}

TEST_F(AControlledCall, ATextThatTheServerNeverAnsweredIsReportedToWhomGaveIt) {
  ask(5, "say hello");
  session_.step(now_ + CommandOutbox::kPatience);
  EXPECT_THAT(answer_to(5), HasSubstr("the server has not answered"));
}

TEST_F(AControlledCall, PushToTalkIsAWordLikeOthers) {
  ask(1, "talk");
  EXPECT_THAT(answer_to(1), HasSubstr(R"("event":"error")"));
  ask(2, "activation push");
  EXPECT_THAT(answer_to(2), HasSubstr(R"("activation":"push")"));
  ask(3, "talk");
  EXPECT_THAT(answer_to(3), HasSubstr(R"("event":"you_talk")"));
  ask(4, "hush");
  EXPECT_THAT(answer_to(4), HasSubstr(R"("event":"you_hush")"));
}

TEST_F(AControlledCall, ListsAndMistakesAreForTheProgramAndChangesForTheUserToo) {
  EXPECT_FALSE(concerns_user(Report("who", "")));
  EXPECT_FALSE(concerns_user(Report("error", "")));
  EXPECT_TRUE(concerns_user(Report("you_muted", "")));
  EXPECT_TRUE(concerns_user(Report("moved", "")));
}

TEST_F(AControlledCall, EveryErrorNamesTheCommandThatFailed) {
  ask(1, "record off");
  EXPECT_THAT(answer_to(1), HasSubstr(R"("command":"record off")"));
  ask(2, R"({"command":"output","device":"nowhere"})");
  type("who");  // meanwhile
  session_.on_sound(Report("error", "no sound device has \"nowhere\" in its name"));
  EXPECT_THAT(answer_to(2), HasSubstr(R"("command":"{\"command\":\"output\")"));
  ask(3, "kick binh");
  answer(7, "only hosts can do that");
  EXPECT_THAT(answer_to(3), HasSubstr(R"("command":"kick binh")"));
}

}  // namespace
}  // namespace comcat::client
