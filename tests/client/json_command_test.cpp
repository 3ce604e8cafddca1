// Commands as programs write them.

#include "comcat/client/json_command.h"

#include <string>

#include <gmock/gmock.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

template <typename T>
T parsed(const std::string& line) {
  const JsonCommand it = parse_json_command(line);
  if (!it.command.ok() || !std::holds_alternative<T>(*it.command)) {
    ADD_FAILURE() << line << ": " << it.command.status();
    return {};
  }
  return std::get<T>(*it.command);
}

std::string error_of(const std::string& line) {
  return std::string(parse_json_command(line).command.status().message());
}

TEST(JsonCommand, EveryArgumentIsAField) {
  EXPECT_EQ("a \"b\" c", parsed<SayText>(R"({"command":"say","text":"a \"b\" c"})").text);
  EXPECT_EQ("\u00E9", parsed<SayText>(R"({"command":"say","text":"\u00e9"})").text);
  const auto volume = parsed<Volume>(R"({"command":"volume","name":"an, \"b\" \\c","percent":80})");
  EXPECT_EQ(R"(an, "b" \c)", volume.name);
  EXPECT_EQ(80, volume.percent);
  EXPECT_EQ("the attic", parsed<Move>(R"({"command":"join","room":"the attic"})").room);
  EXPECT_EQ("the attic", parsed<Who>(R"({"command":"who","room":"the attic"})").room);
  EXPECT_TRUE(parsed<Rooms>(R"({"command":"rooms","names":true})").names);
  EXPECT_EQ(true, parsed<SetStages>(R"({"command":"echo","how":"on"})").change.echo);
  EXPECT_EQ(6, parsed<SetStages>(R"({"command":"gain","how":"+6"})").change.gain->fixed_db);
  EXPECT_FALSE(parsed<Rooms>(R"({"command":"rooms","names":false})").names);
  EXPECT_EQ(7U, parsed<ShowHistory>(R"({"command":"history","n":7})").most);
  EXPECT_TRUE(parsed<MuteSelf>(R"({"command":"mute"})").muted);
  parsed<Stop>(R"( {"command":"stop"} )");
  EXPECT_EQ(R"(kick "an lee" for 10m because he said "x")",
            parsed<HostWords>(
                R"({"command":"kick","name":"an lee","because":"he said \"x\"","for":"10m"})")
                .words);
}

TEST(JsonCommand, WhatAFieldSaysStaysWithinIt) {
  const std::string words =
      parsed<HostWords>(R"({"command":"kick","name":"an\" because \"x"})").words;
  EXPECT_EQ(R"(kick "an\" because \"x")", words);
  EXPECT_THAT(error_of(R"({"command":"ban","name":"an","for":"1d because x"})"),
              HasSubstr("for has to be a text without blanks"));
  EXPECT_FALSE(error_of(R"({"command":"say","text":"one\nstop"})").empty());
}

TEST(JsonCommand, WhatIsWrongIsSaid) {
  EXPECT_THAT(error_of(R"({"command":"say)"), HasSubstr("no JSON object"));
  EXPECT_THAT(error_of(R"({"text":"x"})"), HasSubstr("has a field command"));
  EXPECT_THAT(error_of(R"({"command":"shout"})"), StartsWith("\"shout\" is no command"));
  EXPECT_THAT(error_of(R"({"command":"say","txt":"x"})"), HasSubstr("say has no field \"txt\""));
  EXPECT_THAT(error_of(R"({"command":"say"})"), HasSubstr("write say TEXT"));
  EXPECT_THAT(error_of(R"({"command":"say","text":7})"), HasSubstr("text has to be a text"));
  EXPECT_THAT(error_of(R"({"command":"volume","name":"an","percent":"x"})"),
              HasSubstr("percent has to be a whole number"));
  EXPECT_THAT(error_of(R"({"command":"stop","id":{}})"), HasSubstr("id has to be"));
  EXPECT_THAT(error_of(R"({"command":"stop","id":9007199254740993})"), HasSubstr("id has to be"));
}

class WithAProgram : public InACall {
 protected:
  WithAProgram()
      : InACall(Session::Options{"an", "lobby", "example.org:50051", false,
                                 PlainText::kSayAfterHint, true}) {}
  /// The JSON of what was shown since the last time, one a line.
  std::string take() {
    std::string out;
    for (const Report& report : world_.shown) out += to_json(report) + "\n";
    world_.shown.clear();
    return out;
  }
};

TEST_F(WithAProgram, TheOutcomeCarriesTheIdOnce) {
  type(R"({"command":"say","text":"hello","id":7})");
  EXPECT_THAT(take(), IsEmpty());
  answer();
  EXPECT_EQ("{\"event\":\"done\",\"text\":\"done\",\"id\":7}\n", take());
  type(R"({"command":"say","text":"hello","id":"x"})");
  answer(8, "no");
  answer(14, "the disk is full");
  EXPECT_THAT(take(), IsEmpty()) << "sent again at its time";
  session_.step(now_ + CommandOutbox::kRefusedPause);
  answer(14, "the disk is full");
  EXPECT_THAT(take(), HasSubstr("\"command\":\"say \\\"hello\\\"\",\"id\":\"x\"}"));
}

TEST_F(WithAProgram, WhatIsAnsweredHereCarriesItAtOnce) {
  type(R"({"command":"mute","id":1})");
  EXPECT_EQ("{\"event\":\"you_muted\",\"text\":\"you are muted: nobody hears you\",\"id\":1}\n",
            take());
  answer();
  EXPECT_THAT(take(), IsEmpty());
  type(R"({"command":"nothing","id":2})");
  EXPECT_THAT(take(), HasSubstr("\"id\":2}"));
  type(R"({"command":"stats","id":3})");
  answer();
  EXPECT_THAT(take(), HasSubstr("\"id\":3}"));
  type("who");
  EXPECT_THAT(take(), ::testing::Not(HasSubstr("\"id\"")));
}

TEST_F(WithAProgram, WhatIsMeantAsJsonAndIsNoCommandIsNeverSaid) {
  type("a text");  // the hint
  EXPECT_THAT(take(), HasSubstr("\"event\":\"error\""));
  for (const char* line : {R"([{"command":"stop"}])", R"("command":"say","text":"x"})",
                           R"('{"command":"stop"}')", "17", "null", " [1]", R"({"command":"say")",
                           "\"hello\"", "\"hello", R"(,{"command":"stop"})"}) {
    type(line);
    EXPECT_THAT(take(), HasSubstr("this line is no JSON object")) << line;
  }
  EXPECT_THAT(world_.sent, IsEmpty());
  type("a text");
  EXPECT_EQ(1U, world_.sent.size());
}

TEST_F(WithAProgram, AnAnswerThatNeverComesAndAnOutageCarryItToo) {
  type(R"({"command":"rooms","id":4})");
  session_.step(now_ + CommandOutbox::kPatience);
  EXPECT_THAT(take(), HasSubstr("\"id\":4}"));
  type(R"({"command":"say","text":"hello","id":5})");
  session_.on_interrupted({});
  EXPECT_THAT(take(), HasSubstr("\"id\":5}"));
}

TEST_F(InACall, OutsideJsonABraceIsText) {
  type("hello");
  type(R"({"command":"stop"})");
  EXPECT_EQ(0, world_.left);
  ASSERT_EQ(1U, world_.sent.size());
}

}  // namespace
}  // namespace comcat::client
