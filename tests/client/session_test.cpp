// The session with the world in the test's hands: who is there, and what becomes of commands.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Session, TheWelcomeSaysWhereYouAreAndWithWhom) {
  World world;
  Session session({"an", "lobby", "example.org:50051", false}, world);
  session.on_welcome(welcome(1, {member(2, "binh")}));
  EXPECT_THAT(world.take_texts(),
              ElementsAre("connected to example.org:50051 as an\nin the room lobby: an (you), "
                          "binh\ntype help to see what you can do"));
  EXPECT_THAT(world.sent, IsEmpty());
}

TEST(Session, WhoBeginsMutedTellsTheServer) {
  World world;
  Session session({"an", "lobby", "s", true}, world);
  session.on_welcome(welcome(1));
  EXPECT_THAT(world.take_texts(), ElementsAre(HasSubstr("you are alone in the room lobby")));
  ASSERT_EQ(1U, world.sent.size());
  EXPECT_TRUE(std::get<wire::SetMute>(world.sent[0].verb).muted);
}

TEST_F(InACall, EventsBecomeLines) {
  session_.on_event(wire::Joined{member(3, "chi")});
  session_.on_event(wire::MuteChanged{2, true});
  session_.on_event(wire::MuteChanged{2, true});
  session_.on_event(wire::DeafenChanged{2, true});
  session_.on_event(wire::TextSaid{3, "chi", "hello"});
  session_.on_event(wire::Left{2, wire::LeaveReason::kLost, ""});
  session_.on_event(wire::Left{3, wire::LeaveReason::kMoved, ""});
  session_.on_event(wire::UnknownEvent{});
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("chi joined", "binh muted", "binh hears nobody now", "<chi> hello",
                          "binh left (connection lost)", "chi went to another room"));
  EXPECT_THAT(world_.removed, ElementsAre(2, 3));
}

TEST_F(InACall, ARosterTakesThePlaceOfEventsThatWereMissed) {
  session_.on_event(wire::Joined{member(3, "chi")});
  std::ignore = world_.take_texts();
  session_.on_event(wire::Roster{"lobby", {member(1, "an"), member(4, "dung")}});
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("many came and went; in the room lobby: an (you), dung"));
  EXPECT_THAT(world_.removed, ElementsAre(2, 3));
  session_.on_event(wire::Roster{"attic", {member(1, "an")}});  // where we are no more
  EXPECT_THAT(world_.take_texts(), IsEmpty());
}

TEST_F(InACall, OnlyWhoAsksIsToldAThousandNames) {
  wire::Roster roster{"lobby", {member(1, "an")}};
  for (wire::SessionNumber i = 2; i <= 1000; ++i) {
    roster.members.push_back(member(i, "guest " + std::to_string(i)));
  }
  session_.on_event(roster);
  EXPECT_THAT(world_.take_texts().at(0), ::testing::EndsWith("guest 30, and 970 more"));
  type("who");
  EXPECT_THAT(world_.take_texts().at(0), ::testing::EndsWith("guest 999, guest 1000"));
}

TEST_F(InACall, WhatOneDidOneselfIsNotToldAgain) {
  session_.on_event(wire::MuteChanged{1, true});
  session_.on_event(wire::DeafenChanged{1, true});
  EXPECT_THAT(world_.take_texts(), IsEmpty());
}

TEST_F(InACall, AnOriginalClientGetsItsNameLater) {
  session_.on_event(wire::Joined{member(3, "caller-3")});
  session_.on_event(wire::Joined{member(3, "chi")});
  EXPECT_THAT(world_.take_texts(), ElementsAre("caller-3 joined", "caller-3 is now called chi"));
}

wire::Member original(wire::SessionNumber session) {
  wire::Member out = member(session, "caller-" + std::to_string(session));
  out.original = true;
  return out;
}

TEST_F(InACall, FramesAreShortWhileAnOriginalClientIsThere) {
  EXPECT_FALSE(world_.short_frames);
  session_.on_event(wire::Joined{original(3)});
  EXPECT_TRUE(world_.short_frames);
  session_.on_event(wire::Joined{original(4)});
  session_.on_event(wire::Left{3, wire::LeaveReason::kStopped, ""});
  EXPECT_TRUE(world_.short_frames) << "another is still there";
  session_.on_event(wire::Left{4, wire::LeaveReason::kLost, ""});
  EXPECT_FALSE(world_.short_frames);
}

TEST_F(InACall, FramesAreShortWhereverAnOriginalClientIsAlready) {
  type("join cellar");
  answer(0, "", wire::Roster{"cellar", {member(1, "an"), original(5)}});
  EXPECT_TRUE(world_.short_frames);
  type("join lobby");
  answer(0, "", wire::Roster{"lobby", {member(1, "an"), member(2, "binh")}});
  EXPECT_FALSE(world_.short_frames);
  session_.on_event(wire::Roster{"lobby", {member(1, "an"), original(6)}});
  EXPECT_TRUE(world_.short_frames) << "a roster in place of events";
  session_.on_welcome(welcome(7));
  EXPECT_FALSE(world_.short_frames) << "it has not come back with us";
}

TEST_F(InACall, MuteIsSilenceAtOnceAndToldToTheServer) {
  type("mute");
  EXPECT_TRUE(world_.mic_muted);
  ASSERT_EQ(1U, world_.sent.size());
  EXPECT_TRUE(std::get<wire::SetMute>(world_.sent[0].verb).muted);
  answer();
  type("mute");
  EXPECT_EQ(1U, world_.sent.size()) << "nothing changed";
  type("unmute");
  EXPECT_FALSE(world_.mic_muted);
  EXPECT_THAT(world_.take_texts(), ElementsAre("you are muted: nobody hears you",
                                               "you were already muted: nobody hears you",
                                               "you are unmuted: they hear you"));
}

TEST_F(InACall, WhoSpeaksIntoAMutedMicrophoneIsTold) {
  session_.on_muted_speech();
  EXPECT_THAT(world_.take_texts(), IsEmpty()) << "heard just before unmute";
  type("mute");
  std::ignore = world_.take_texts();
  session_.on_muted_speech();
  EXPECT_THAT(world_.take_texts(), ElementsAre("you speak, but are muted: unmute to be heard"));
}

TEST_F(InACall, UnmuteSaysWhyTheMicrophoneDoesNotOpen) {
  type("mute");
  world_.microphone = absl::NotFoundError("it is unplugged");
  type("unmute");
  EXPECT_TRUE(world_.mic_muted);
  EXPECT_EQ("(muted) > ", session_.prompt());
  EXPECT_EQ("it is unplugged", world_.take_texts().back());
}

TEST_F(InACall, EveryCommandIsAnsweredOnceAndItsFailureIsShown) {
  type("say hello");
  answer(3, "the text is empty");
  answer(0);  // an answer to nothing
  EXPECT_THAT(world_.take_texts(), ElementsAre("the text is empty (say \"hello\")"));
}

TEST_F(InACall, ACommandThatIsNotAnsweredWithin3sIsReportedOnce) {
  type("rooms");
  EXPECT_EQ(now_ + 3s, session_.next_deadline());
  session_.step(now_ + 2999ms);
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  session_.step(now_ + 3s);
  session_.step(now_ + 9s);
  EXPECT_THAT(world_.take_texts(), ElementsAre("the server has not answered rooms within 3 s"));
  EXPECT_EQ(base::Time::max(), session_.next_deadline());
  answer(0, "", wire::RoomList{});
  EXPECT_THAT(world_.take_texts(), IsEmpty()) << "too late";
}

TEST_F(InACall, CommandsDuringAnOutageSaySo) {
  world_.connected = false;
  type("say hello");
  EXPECT_THAT(world_.take_texts(), ElementsAre("no connection (say \"hello\")"));
}

TEST_F(InACall, InAnOutageMutingHoldsAndIsToldLater) {
  world_.connected = false;
  session_.on_interrupted(
      {transport::FailureKind::kUnreachable, "the connection was lost", "", true});
  type("mute");
  type("who");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre(HasSubstr("the connection was lost"), "you are muted: nobody hears you",
                          "before the connection was lost: in the room lobby: an (you, muted), "
                          "binh"));
  EXPECT_EQ("(offline, muted) > ", session_.prompt());
  world_.connected = true;
  session_.on_welcome(welcome(7));
  EXPECT_EQ("(muted) > ", session_.prompt());
  ASSERT_FALSE(world_.sent.empty());
  EXPECT_TRUE(std::get<wire::SetMute>(world_.sent.back().verb).muted);
}

TEST_F(InACall, WhoComesMutedOrDeafenedIsShownSo) {
  wire::Member chi = member(3, "chi");
  chi.muted = chi.deafened = true;
  session_.on_event(wire::Joined{chi});
  EXPECT_THAT(world_.take_texts(), ElementsAre("chi joined (muted, deafened)"));
}

TEST_F(InACall, VolumeTakesNamesAsTheServerDoesInAnyCase) {
  type("volume BINH 50");
  EXPECT_THAT(world_.take_texts(), ElementsAre("you hear binh at 50 %"));
  type("volume AN 50");
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("that is you")));
}

TEST_F(InACall, VolumeFindsANameInWhateverFormItIsTyped) {
  session_.on_event(wire::Joined{member(3, "Nguy\u1EC5n \u00C2n")});
  session_.on_event(wire::Joined{member(4, "an (2)")});
  std::ignore = world_.take_texts();
  type("volume nguye\u0302\u0303n a\u0302n 50");
  type("volume \"an (2)\" 150");
  EXPECT_EQ(0.5F, world_.gains[3]);
  EXPECT_EQ(1.5F, world_.gains[4]);
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("you hear Nguy\u1EC5n \u00C2n at 50 %", "you hear \"an (2)\" at 150 %"));
}

TEST_F(InACall, NamesCannotForgeLines) {
  session_.on_event(wire::Joined{member(3, "<an> pay me")});
  session_.on_event(wire::TextSaid{3, "an> pay me <an", "hi"});
  session_.on_event(wire::Joined{member(4, "an, binh (you), chi")});
  session_.on_event(wire::Joined{member(5, "an left")});
  session_.on_event(wire::MuteChanged{4, true});
  session_.on_event(wire::Left{5, wire::LeaveReason::kStopped, ""});
  type("who");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("\"<an> pay me\" joined", "<\"an> pay me <an\"> hi",
                          "\"an, binh (you), chi\" joined", "\"an left\" joined",
                          "\"an, binh (you), chi\" muted", "\"an left\" left",
                          "in the room lobby: an (you), binh, \"<an> pay me\", "
                          "\"an, binh (you), chi\" (muted)"));
}

TEST_F(InACall, ProgramsReadNamesAsTheyAre) {
  session_.on_event(wire::Joined{member(3, "שלום (2)")});
  const std::string json = to_json(world_.shown.back());
  EXPECT_THAT(json, HasSubstr("\"name\":\"שלום (2)\""));
  EXPECT_THAT(json, HasSubstr("\"text\":\"\\\"שלום (2)\\\" joined\""));
}

TEST_F(InACall, VolumeHoldsByNameForThoseWhoComeBack) {
  type("volume binh 50");
  type("volume chi 200");
  EXPECT_FLOAT_EQ(0.5F, world_.gains[2]);
  session_.on_event(wire::Joined{member(9, "chi")});
  EXPECT_FLOAT_EQ(2.0F, world_.gains[9]);
  session_.on_welcome(welcome(11, {member(12, "binh")}));
  EXPECT_FLOAT_EQ(0.5F, world_.gains[12]) << "a new session number";
  type("volume an 10");
  EXPECT_EQ("that is you; others set how loud they hear you", world_.take_texts().back());
}

TEST_F(InACall, AnOutageIsAnnouncedAndTheNewServerToldWhatItCannotKnow) {
  type("mute");
  type("deafen");
  world_.sent.clear();
  world_.take_texts();
  session_.on_interrupted(
      {transport::FailureKind::kUnreachable, "the connection was lost", "", true});
  session_.on_welcome(welcome(21, {member(2, "binh")}));
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("the connection was lost; connecting again (stop ends it)",
                          "connected again to example.org:50051 as an; in the room lobby: "
                          "binh, an (you, muted, deafened)"));
  ASSERT_EQ(2U, world_.sent.size());
  EXPECT_TRUE(std::get<wire::SetMute>(world_.sent[0].verb).muted);
  EXPECT_TRUE(std::get<wire::SetDeafen>(world_.sent[1].verb).deafened);
  EXPECT_EQ(base::Time::max(), session_.next_deadline()) << "nobody waits for these";
}

TEST_F(InACall, AServerThatKnowsOneStillIsToldWhatHasChangedMeanwhile) {
  wire::Welcome again = welcome(20, {member(2, "binh")});
  again.members.back().muted = true;
  session_.on_interrupted({transport::FailureKind::kUnreachable, "lost", "", true});
  world_.sent.clear();
  session_.on_welcome(again);
  ASSERT_EQ(1U, world_.sent.size());
  EXPECT_FALSE(std::get<wire::SetMute>(world_.sent[0].verb).muted);
}

TEST_F(InACall, WhoLosesTheConnectionIsAwayAndBack) {
  world_.take_texts();
  session_.on_event(wire::Away{2});
  type("who");
  session_.on_event(wire::Back{2});
  session_.on_event(wire::Back{2});
  session_.on_event(wire::Away{99});
  const std::vector<std::string> told = world_.take_texts();
  ASSERT_EQ(3U, told.size());
  EXPECT_EQ("binh is away", told[0]);
  EXPECT_THAT(told[1], HasSubstr("binh (away)"));
  EXPECT_EQ("binh is back", told[2]);
}

TEST_F(InACall, StatsWaitForTheRoundTripAndNeedNone) {
  type("stats");
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  now_ += 42ms;
  answer();
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("round trip 42 ms")));
  type("stats");
  session_.step(now_ + 3s);
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("round trip unknown")));
  world_.connected = false;
  type("stats");
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("round trip unknown")));
}

TEST_F(InACall, WhatTheServerHasToSayIsShown) {
  session_.on_outcome({0, 8, "you send too much", {}}, now_);
  session_.on_event(wire::Draining{5000});
  session_.on_event(wire::Draining{5000, true});
  session_.on_event(wire::OtherServers{{{"b.example.org:50051", ""}}});
  EXPECT_THAT(
      world_.take_texts(),
      ElementsAre("the server says: you send too much",
                  "the server is shutting down; you will be connected again when it is back",
                  "the server is shutting down; you go on at another of its cluster"));
}

}  // namespace
}  // namespace comcat::client
