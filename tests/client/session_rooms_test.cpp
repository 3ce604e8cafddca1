// The session with the world in the test's hands: rooms, and their passcodes.

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

TEST_F(InACall, WhoIsInAnotherRoomIsShownAndChangesNothing) {
  type("who lobby");
  EXPECT_THAT(world_.sent, IsEmpty()) << "one's own is known";
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room lobby: an (you), binh"));
  type("who attic");
  EXPECT_EQ("attic", std::get<wire::Who>(world_.sent.back().verb).room);
  wire::Member cy = member(3, "cy");
  cy.muted = true;
  answer(0, "", wire::Roster{"Attic", {cy, member(4, "binh")}});
  EXPECT_EQ("who", world_.shown.back().event);
  EXPECT_THAT(to_json(world_.shown.back()), HasSubstr("\"room\":\"Attic\",\"members\":[{"));
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room Attic: cy (muted), binh"));
  type("who lounge");
  answer(0, "", wire::Roster{"lounge", {}});  // one that lasts though nobody is there
  EXPECT_THAT(world_.take_texts(), ElementsAre("nobody is in the room lounge"));
  type("who cellar");
  answer(5, "there is no room cellar");
  type("who");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("there is no room cellar", "in the room lobby: an (you), binh"));
}

TEST_F(InACall, TheRoomsAreShownWithNamesWhereThoseAreAskedFor) {
  type("rooms names");
  EXPECT_TRUE(std::get<wire::ListRooms>(world_.sent.back().verb).names);
  answer(0, "",
         wire::RoomList{{{"attic", 5, {"cy", "d (you)"}}, {"lobby", 2, {"an", "binh"}}, {"x", 1}}});
  EXPECT_THAT(to_json(world_.shown.back()),
              HasSubstr(R"({"name":"attic","members":5,"people":[{"name":"cy"},)"));
  EXPECT_THAT(world_.take_texts(), ElementsAre("rooms:\n  attic (5): cy, \"d (you)\", and 3 more\n"
                                               "  lobby (2), where you are: an, binh\n  x (1)"));
}

TEST_F(InACall, GoingToAnotherRoomChangesWhoIsThere) {
  type("join cellar");
  answer(0, "", wire::Roster{"cellar", {member(1, "an"), member(5, "dung")}});
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room cellar: an (you), dung"));
  EXPECT_EQ("cellar", world_.room_to_ask_for) << "after an outage";
  EXPECT_THAT(world_.removed, ElementsAre(2));
}

TEST_F(InACall, RoomsCannotForgeLines) {
  session_.on_event(wire::Left{2, wire::LeaveReason::kStopped, ""});
  type("join lobby: binh, chi");
  answer(0, "", wire::Roster{"lobby: binh, chi", {member(1, "an")}});
  type("rooms");
  answer(0, "", wire::RoomList{{{"lobby (99)", 1}}});
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("binh left", "you are alone in the room \"lobby: binh, chi\"",
                          "rooms:\n  \"lobby (99)\" (1)"));
}

TEST_F(InACall, WhoChangesRoomsAndReturnsAtOnceIsHeardAtHisVolumeAgain) {
  type("volume binh 50");
  world_.gains.clear();
  session_.on_event(wire::Left{.session = 2, .why = {}});
  ASSERT_THAT(world_.removed, ElementsAre(2));
  session_.on_event(wire::Joined{member(2, "binh")});
  EXPECT_FLOAT_EQ(0.5F, world_.gains[2]);
}

TEST_F(InACall, ARoomsPasscodeIsAskedForOnATerminalAndRemembered) {
  constexpr int kUnauthenticated = 16;
  world_.has_terminal = true;
  world_.take_texts();
  type("join club");
  answer(kUnauthenticated, "the room club asks for a passcode of its own");
  EXPECT_EQ("passcode of the room club: ", world_.asked_for);
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  session_.on_passcode("swordfish", now_);
  EXPECT_EQ("swordfish", std::get<wire::JoinRoom>(world_.sent.back().verb).passcode);
  answer(0, "", wire::Roster{"Club", {member(1, "an")}});
  EXPECT_EQ("Club", world_.room_to_ask_for);
  EXPECT_EQ("swordfish", world_.passcode_there) << "for when the connection is lost";
  now_ += 1s;
  type("join lobby");
  answer(0, "", wire::Roster{"lobby", {member(1, "an")}});
  EXPECT_EQ("", world_.passcode_there);
  now_ += 1s;
  type("join club");
  EXPECT_EQ("swordfish", std::get<wire::JoinRoom>(world_.sent.back().verb).passcode);
}

TEST_F(InACall, WhoTypesNoPasscodeStaysAndAWrongOneIsTold) {
  constexpr int kUnauthenticated = 16;
  world_.has_terminal = true;
  type("join club");
  answer(kUnauthenticated, "the room club asks for a passcode of its own");
  world_.take_texts();
  session_.on_passcode(std::nullopt, now_);
  EXPECT_THAT(world_.take_texts(), ElementsAre("you stay in the room lobby"));
  now_ += 1s;
  type("join club");
  answer(kUnauthenticated, "the room club asks for a passcode of its own");
  session_.on_passcode("cod", now_);
  answer(kUnauthenticated, "the passcode of the room club is wrong");
  EXPECT_THAT(world_.take_texts(), ElementsAre("the passcode of the room club is wrong"));
}

TEST_F(InACall, WithoutATerminalOneIsToldHowARoomsPasscodeIsGiven) {
  world_.take_texts();
  type("join club");
  answer(16, "the room club asks for a passcode of its own");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("the room club asks for a passcode of its own; give it with "
                          "--room_passcode_file or COMCAT_ROOM_PASSCODE"));
}

}  // namespace
}  // namespace comcat::client
