#include "comcat/client/command.h"

#include <string>

#include <gtest/gtest.h>

#include "comcat/client/words.h"

namespace comcat::client {
namespace {

std::string error_of(const std::string& line) {
  const auto command = parse_command(line);
  return command.ok() ? "no error" : std::string(command.status().message());
}

template <typename T>
T parsed(const std::string& line) {
  const auto command = parse_command(line);
  if (!command.ok() || !std::holds_alternative<T>(*command)) {
    ADD_FAILURE() << line << ": " << command.status();
    return {};
  }
  return std::get<T>(*command);
}

TEST(Command, TheWordsOfTheOriginalAreExactlyThose) {
  EXPECT_TRUE(parsed<MuteSelf>("mute").muted);
  EXPECT_FALSE(parsed<MuteSelf>("unmute").muted);
  parsed<Stop>("stop");
}

TEST(Command, EveryWordOfHelpIsAWord) {
  for (const std::string& word : command_words()) {
    EXPECT_EQ(std::string::npos, error_of(word).find("is no command")) << word;
    EXPECT_NE(std::string::npos, command_help().find("  " + word + " ")) << word;
  }
}

TEST(Command, SpacesTabsAndCarriageReturnsAroundDoNotMatter) {
  EXPECT_EQ("hello  there", parsed<SayText>("  say   hello  there \r").text);
  EXPECT_EQ("cellar", parsed<Move>("\tjoin\tcellar").room);
  parsed<Nothing>("");
  parsed<Nothing>("   \r");
  EXPECT_TRUE(parsed<DeafenSelf>("Deafen").deafened);
}

TEST(Command, VolumeTakesANameWithSpacesAndAPercentage) {
  EXPECT_EQ("Anh Thư", parsed<Volume>("volume Anh Thư 80").name);
  EXPECT_EQ(80, parsed<Volume>("volume an 80%").percent);
  EXPECT_EQ(0, parsed<Volume>("volume an 0").percent);
  EXPECT_EQ(400, parsed<Volume>("volume an 400").percent);
  for (const char* const wrong : {"volume", "volume an", "volume an loud", "volume an 8x"}) {
    EXPECT_NE(std::string::npos, error_of(wrong).find("volume NAME PERCENT")) << wrong;
  }
  EXPECT_NE(std::string::npos, error_of("volume an 401").find("0 to 400"));
  EXPECT_NE(std::string::npos, error_of("volume an -1").find("0 to 400"));
}

TEST(Command, ANameMayBeTypedAsItIsShown) {
  EXPECT_EQ("an, binh", parsed<Volume>("volume \"an, binh\" 80").name);
  EXPECT_EQ("attic (2)", parsed<Move>("join \"attic (2)\"").room);
  EXPECT_EQ("Ph\u00F2ng", parsed<Move>("join Pho\u0300ng").room);
}

TEST(Command, ANameWhoseQuoteHasNoEndIsNotTaken) {
  for (const char* line : {"volume \"an 50", "join \"attic", "who \"attic (2)"}) {
    EXPECT_NE(std::string::npos, error_of(line).find("has no end; write \"NAME\"")) << line;
  }
}

TEST(Command, WhoTakesARoomThatIsOneWordOrStandsInQuotes) {
  EXPECT_EQ("", parsed<Who>("who").room);
  EXPECT_EQ("attic", parsed<Who>("who attic").room);
  EXPECT_EQ("my attic", parsed<Who>("who \"my attic\"").room);
  EXPECT_NE(std::string::npos, error_of("/who my attic").find("stands in quotes"));
  EXPECT_EQ(std::nullopt, plain_text("who attic"));
  EXPECT_EQ("who is late?", plain_text("who is late?"));
  EXPECT_EQ("who knows?", plain_text("who knows?"));
}

TEST(Command, RoomsMayBeAskedForWithNames) {
  EXPECT_FALSE(parsed<Rooms>("rooms").names);
  EXPECT_TRUE(parsed<Rooms>("rooms names").names);
  EXPECT_EQ(std::nullopt, plain_text("rooms names"));
  EXPECT_EQ("rooms are dusty", plain_text("rooms are dusty"));
}

TEST(Command, AQuestionMarkAsksForHelpAndIsNotSaid) {
  parsed<Help>("?");
  parsed<Help>("/?");
  EXPECT_EQ(std::nullopt, plain_text("?"));
}

TEST(Command, AnUnknownWordGetsTheClosestOneAsAHint) {  // never ignored silently
  EXPECT_EQ("\"mut\" is no command; did you mean mute? (help lists them all)", error_of("mut"));
  EXPECT_EQ("\"unmtue\" is no command; did you mean unmute? (help lists them all)",
            error_of("unmtue"));
  EXPECT_EQ("\"xyzzy\" is no command; type help to see them all", error_of("xyzzy"));
  EXPECT_EQ("\"foo\" is no command; type help to see them all", error_of("foo"));
}

TEST(Command, HabitsFromOtherProgramsAreUnderstoodOrGetAHint) {
  EXPECT_TRUE(std::holds_alternative<Who>(*parse_command("/who")));
  for (const char* word : {"stop", "quit", "exit", "/quit", "/Exit"}) {
    parsed<Stop>(word);
  }
  for (const char* word : {"bye", "/leave", "disconnect"}) {
    const std::string sentence(parse_command(word).status().message());
    EXPECT_NE(std::string::npos, sentence.find("did you mean stop?")) << sentence;
  }
}

TEST(Command, PlainTextIsWhatNobodyMeantAsACommand) {
  for (const char* text : {"hello", "hello there", "who is there?", "stop it please", "mate, hi"}) {
    EXPECT_EQ(text, plain_text(std::string(" ") + text + "\r")) << text;
  }
  for (const char* command : {"", "mute", "/who is there", "/hello", "mtue", "jion cellar",
                              "sai hello", "join", "volume an", "say", "bye"}) {
    EXPECT_EQ(std::nullopt, plain_text(command)) << command;
  }
  EXPECT_EQ("a\x1b[0m b", plain_text("a\x1b[0m b")) << "meant as a text, though it is none";
}

TEST(Command, AChoiceOrANumberThatThereIsNotIsNeverSaid) {
  for (const char* line : {"history 0", "history 500", "gain +40", "gain 6", "noise loud",
                           "echo hello", "activation vox", "rooms all"}) {
    EXPECT_NE("", error_of(line));
    EXPECT_EQ(std::nullopt, plain_text(line)) << line;
  }
  EXPECT_EQ("history repeats itself", plain_text("history repeats itself"));
}

TEST(Command, NothingComesAfterAWordThatStandsAlone) {
  EXPECT_EQ("deafen stands alone: nothing comes after it", error_of("deafen please"));
}

TEST(Command, WordsOfHostsGoToTheServerAsTheyAre) {
  for (const std::string line : {"kick an for 10m because \"noise\"", "ban an", "unban 192.0.2.1",
                                 "close attic", "mute an", "unmute \"an lee\""}) {
    const absl::StatusOr<ConsoleCommand> command = parse_command("/" + line);
    ASSERT_TRUE(command.ok()) << line;
    ASSERT_TRUE(std::holds_alternative<HostWords>(*command)) << line;
    EXPECT_EQ(line, std::get<HostWords>(*command).words);
  }
  EXPECT_EQ("write kick NAME; it is for hosts", error_of("kick"));
}

TEST(Command, WhatComesBackIsSafeToPrint) {
  for (const std::string& line :
       {std::string("\x1b[31mred"), std::string("a\0b", 3), std::string(100'000, 'x'),
        std::string("\xFF\xFE"), "join " + std::string(33, 'r'), std::string("join a\x1b[0m"),
        "say " + std::string(2001, 't')}) {
    const std::string error = error_of(line);
    EXPECT_NE("no error", error);
    EXPECT_LT(error.size(), 300U);
    EXPECT_EQ(std::string::npos, error.find_first_of(std::string("\x1b\n\0", 3))) << error;
  }
}

TEST(Command, WhatIsDoneToTheMicrophonesSoundIsChangedOneByOneOrAskedFor) {
  EXPECT_EQ(true, parsed<SetStages>("echo on").change.echo);
  EXPECT_EQ(false, parsed<SetStages>("Echo OFF").change.echo);
  EXPECT_FALSE(parsed<SetStages>("echo on").change.noise.has_value());
  EXPECT_EQ(voice::Noise::kHigh, parsed<SetStages>("noise high").change.noise);
  EXPECT_TRUE(parsed<SetStages>("gain on").change.gain->adaptive);
  EXPECT_EQ(6, parsed<SetStages>("gain +6").change.gain->fixed_db);
  EXPECT_EQ(6, parsed<SetStages>("gain 6").change.gain->fixed_db);
  EXPECT_FALSE(parsed<SetStages>("gain off").change.gain->on());
  EXPECT_EQ(Activation::kPush, parsed<SetStages>("activation push").change.activation);
  for (const char* const asked : {"echo", "noise", "gain", "activation"}) {
    const VoiceStages::Change change = parsed<SetStages>(asked).change;
    EXPECT_FALSE(change.echo || change.noise || change.gain || change.activation) << asked;
  }
  for (const char* const wrong : {"gain +31", "gain -3", "gain +", "gain 1e3", "gain ++6"}) {
    EXPECT_NE(std::string::npos, error_of(wrong).find("N from 1 to 30")) << wrong;
  }
  EXPECT_NE(std::string::npos, error_of("noise loud").find("noise off, noise low or noise high"));
  EXPECT_NE(std::string::npos, error_of("activation on").find("activation voice"));
  EXPECT_TRUE(parsed<PushToTalk>("talk").talks);
  EXPECT_FALSE(parsed<PushToTalk>("hush").talks);
  EXPECT_EQ("talk to me", plain_text("talk to me"));
  EXPECT_EQ("noise is loud here", plain_text("noise is loud here"));
}

}  // namespace
}  // namespace comcat::client
