// Commands, their outcomes, and those who send or owe too much.

#include <string>

#include <gtest/gtest.h>

#include "server/house.h"

namespace comcat::server {
namespace {

int code(absl::StatusCode status) {
  return static_cast<int>(status);
}

TEST(Commands, EachIsAnsweredExactlyOnce) {
  House house;
  Person& an = house.join("an");
  const auto mute = house.command(an, wire::SetMute{true});
  const auto deafen = house.command(an, wire::SetDeafen{true});
  const auto rooms = house.command(an, wire::ListRooms{});
  const auto join = house.command(an, wire::JoinRoom{"attic"});
  const auto say = house.command(an, wire::Say{"hi"});
  for (const auto id : {mute, deafen, rooms, join, say}) {
    ASSERT_EQ(1U, an.answers(id).size()) << id;
    EXPECT_EQ(0, an.answers(id)[0].status) << id;
  }
}

TEST(Commands, OfALaterVersionAreUnimplemented) {
  House house;
  Person& an = house.join("an");
  const auto id = house.command(an, wire::UnknownCommand{});
  EXPECT_EQ(code(absl::StatusCode::kUnimplemented), an.answers(id).at(0).status);
  EXPECT_FALSE(an.closed);
}

TEST(Recording, IsToldToEveryoneInTheRoomAndToWhoComesLater) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  const auto id = house.command(an, wire::SetRecording{true});
  house.command(an, wire::SetRecording{true});
  EXPECT_EQ(0, an.answers(id).at(0).status);
  ASSERT_EQ(1U, bo.told<wire::RecordingChanged>().size()) << "once";
  EXPECT_TRUE(bo.told<wire::RecordingChanged>()[0].recording);
  EXPECT_EQ(an.number(), bo.told<wire::RecordingChanged>()[0].session);
  Person& chi = house.join("chi");
  const auto who = house.command(chi, wire::Who{"lobby"});
  EXPECT_TRUE(std::get<wire::Roster>(chi.answers(who).at(0).result).members.at(0).recording);
}

TEST(Recording, MayBeForbidden) {
  HubOptions options;
  options.rooms.allows_recording = false;
  House house(options);
  Person& an = house.join("an");
  const auto id = house.command(an, wire::SetRecording{true});
  EXPECT_EQ(code(absl::StatusCode::kPermissionDenied), an.answers(id).at(0).status);
  const auto off = house.command(an, wire::SetRecording{false});
  EXPECT_EQ(0, an.answers(off).at(0).status);
}

TEST(Commands, SayIsHeardByEveryoneWithTheNameTheServerKnows) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  house.command(an, wire::Say{"hi"});
  for (Person* listener : {&an, &bo}) {
    ASSERT_EQ(1U, listener->told<wire::TextSaid>().size());
    EXPECT_EQ("an", listener->told<wire::TextSaid>()[0].name);
    EXPECT_EQ("hi", listener->told<wire::TextSaid>()[0].text);
    EXPECT_EQ(an.number(), listener->told<wire::TextSaid>()[0].session);
  }
}

TEST(Commands, TellIsHeardByOnePersonAlone) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  Person& chi = house.join("chi");
  const auto told = house.command(an, wire::Tell{"BO", "psst"});
  EXPECT_EQ(0, an.answers(told).at(0).status);
  ASSERT_EQ(1U, bo.told<wire::Told>().size());
  EXPECT_EQ("an", bo.told<wire::Told>()[0].name);
  EXPECT_EQ("psst", bo.told<wire::Told>()[0].text);
  EXPECT_EQ(an.number(), bo.told<wire::Told>()[0].session);
  EXPECT_TRUE(chi.told<wire::Told>().empty());
  EXPECT_TRUE(an.told<wire::Told>().empty());
  const auto missed = house.command(an, wire::Tell{"nobody", "psst"});
  EXPECT_EQ(code(absl::StatusCode::kNotFound), an.answers(missed).at(0).status);
  const auto bad = house.command(an, wire::Tell{"bo", "a\nb"});
  EXPECT_EQ(code(absl::StatusCode::kInvalidArgument), an.answers(bad).at(0).status);
}

TEST(Commands, TellToSomebodyWhoReadsNothingIsRefusedAndClosesNobody) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  bo.reading = false;
  int status = 0;
  for (int i = 0; i < 100 && status == 0; ++i) {
    house.pass(std::chrono::milliseconds(200));
    const auto told = house.command(an, wire::Tell{"bo", std::string(1000, 'x')});
    status = an.answers(told).at(0).status;
  }
  EXPECT_EQ(code(absl::StatusCode::kResourceExhausted), status);
  EXPECT_FALSE(bo.closed);
}

TEST(Commands, BadTextsAndRoomsAreAnsweredAndChangeNothing) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  for (const std::string& bad :
       {std::string(), std::string("a\nb"), std::string("\x1b[2J"), std::string(2001, 'x')}) {
    const auto said = house.command(an, wire::Say{bad});
    EXPECT_EQ(code(absl::StatusCode::kInvalidArgument), an.answers(said).at(0).status);
    const auto moved = house.command(an, wire::JoinRoom{bad});
    EXPECT_EQ(code(absl::StatusCode::kInvalidArgument), an.answers(moved).at(0).status);
    house.pass(seconds(1));
  }
  EXPECT_TRUE(bo.events.empty());
  EXPECT_EQ(1U, house.metrics.rooms);
}

TEST(Commands, TheRoomsAreListedWithTheirNumbers) {
  House house;
  Person& an = house.join("an");
  house.join("bo");
  house.join("cy", "attic");
  const auto id = house.command(an, wire::ListRooms{});
  const auto list = std::get<wire::RoomList>(an.answers(id).at(0).result);
  ASSERT_EQ(2U, list.rooms.size());
  EXPECT_EQ("attic", list.rooms[0].name);
  EXPECT_EQ(1U, list.rooms[0].members);
  EXPECT_EQ("lobby", list.rooms[1].name);
  EXPECT_EQ(2U, list.rooms[1].members);
}

TEST(Commands, TheRoomsAreListedWithNamesWhereThoseAreAskedFor) {
  House house;
  Person& an = house.join("an");
  house.join("bo");
  house.join("cy", "attic");
  const auto id = house.command(an, wire::ListRooms{true});
  const auto list = std::get<wire::RoomList>(an.answers(id).at(0).result);
  ASSERT_EQ(2U, list.rooms.size());
  EXPECT_EQ(std::vector<std::string>{"cy"}, list.rooms[0].names);
  EXPECT_EQ((std::vector<std::string>{"an", "bo"}), list.rooms[1].names);
}

TEST(Commands, OfAThousandNamesAsManyAreListedAsOneAnswerTakes) {
  House house;
  Person& an = house.join("an");
  for (int i = 0; i < 1000; ++i) house.join("guest " + std::to_string(1000 + i), "attic");
  const auto id = house.command(an, wire::ListRooms{true});
  const auto list = std::get<wire::RoomList>(an.answers(id).at(0).result);
  EXPECT_EQ(1000U, list.rooms.at(0).members);
  EXPECT_EQ(Rooms::kMaxListedNameBytes / 10, list.rooms.at(0).names.size());
  EXPECT_FALSE(an.closed);
}

TEST(Commands, WhoIsInAnotherRoomIsToldWithoutGoingThere) {
  House house;
  Person& an = house.join("an");
  Person& cy = house.join("cy", "Attic");
  house.command(cy, wire::SetMute{true});
  const auto id = house.command(an, wire::Who{"attic"});
  const auto roster = std::get<wire::Roster>(an.answers(id).at(0).result);
  EXPECT_EQ("Attic", roster.room);
  ASSERT_EQ(1U, roster.members.size());
  EXPECT_EQ("cy", roster.members[0].name);
  EXPECT_TRUE(roster.members[0].muted);
  const auto nowhere = house.command(an, wire::Who{"cellar"});
  EXPECT_EQ(code(absl::StatusCode::kNotFound), an.answers(nowhere).at(0).status);
  EXPECT_EQ("there is no room cellar", an.answers(nowhere).at(0).text);
  const auto bad = house.command(an, wire::Who{"a\nb"});
  EXPECT_EQ(code(absl::StatusCode::kInvalidArgument), an.answers(bad).at(0).status);
  EXPECT_EQ(2U, house.metrics.rooms) << "none was made";
}

TEST(Flooding, WithCommandsEachIsStillAnsweredAndThenItEnds) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  absl::Status status;
  std::uint64_t id = 1000;
  while (status.ok() && id < 100'000) {
    status = house.send(an, wire::Command{++id, wire::SetMute{true}});
    ASSERT_EQ(1U, an.answers(id).size());
    house.pass(milliseconds(10));
  }
  house.pass(Room::kEventGap);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ("disconnected for sending more commands a second than this server takes",
            std::string(status.message()));
  EXPECT_EQ(1U, an.answers(0).size());
  EXPECT_LE(bo.told<wire::MuteChanged>().size(), 50U);
  EXPECT_EQ(1U, house.metrics.closed_flooding);
}

TEST(Flooding, WithVoiceIsToldOnceThenClosedAndTheOthersHearOnlyWhatIsAllowed) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  Person& cy = house.join("cy");
  absl::Status status;
  const base::Time start = house.now;
  while (status.ok() && house.now - start < seconds(60)) {
    status = house.speak(an);
    house.pass(
        std::max<base::Duration>(milliseconds(1), an.caller.conduct.read_after() - house.now));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  const ConductLimits& limits = house.options.caller.conduct;
  EXPECT_GE(house.now - start, limits.flood_notice + limits.flood_grace);
  EXPECT_LE(house.now - start, limits.flood_notice + limits.flood_grace + seconds(1));
  EXPECT_EQ(1U, an.answers(0).size());
  // The burst, while 42 of 100 come back, and as many again until nobody is to hear it.
  EXPECT_LE(static_cast<double>(bo.heard.size()), 0.21 * limits.max_frames_per_second);
  bo.forget();
  ASSERT_TRUE(house.speak(cy).ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(Flooding, WithLargeFramesIsNoticedByItsBytes) {
  House house;
  Person& an = house.join("an");
  absl::Status status;
  for (int i = 0; status.ok() && i < 2000; ++i) {
    status = house.speak(an, 30, std::string(wire::kMaxChunkBytes, 'x'));
    house.pass(milliseconds(20));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

TEST(Flooding, WithLongNamesOnShortFramesIsNoticedToo) {
  House house;
  Person& original = house.join_original();
  absl::Status status;
  for (int i = 0; status.ok() && i < 2000; ++i) {
    status = house.send(original, wire::VoiceUp{{0, 0, 0, 0, 0, "x"}, std::string(60'000, 'n')});
    house.pass(milliseconds(20));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

TEST(Flooding, WhoStopsInTimeIsHeardAgain) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  const base::Time start = house.now;
  while (house.now - start < seconds(3)) {
    ASSERT_TRUE(house.speak(an).ok());
    house.pass(milliseconds(1));
  }
  ASSERT_EQ(1U, an.answers(0).size());
  house.pass(seconds(20));
  bo.forget();
  for (int i = 0; i < 50 * 60; ++i) {
    ASSERT_TRUE(house.speak(an).ok());
    house.pass(milliseconds(20));
  }
  EXPECT_EQ(50U * 60, bo.heard.size());
  EXPECT_EQ(1U, an.answers(0).size());
}

TEST(Flooding, WhoSpeaksAsOftenAsIsAllowedIsNoFlooder) {
  HubOptions options;
  options.caller.conduct.max_frames_per_second = 50;
  House house(options);
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  for (int i = 0; i < 50 * 60; ++i) {
    ASSERT_TRUE(house.speak(an).ok());
    house.pass(milliseconds(i % 2 == 0 ? 5 : 35));
  }
  EXPECT_EQ(50U * 60, bo.heard.size());
  EXPECT_TRUE(an.answers(0).empty());
}

TEST(Flooding, WithCommandsSilencesNobody) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  for (int i = 0; i < 100; ++i) {  // a second of voice, and twice the commands that are allowed
    if (i % 5 == 0) house.command(an, wire::ListRooms{});
    const bool due = i % 2 == 0;
    EXPECT_TRUE(!due || house.speak(an).ok());
    house.pass(milliseconds(10));
  }
  EXPECT_EQ(50U, bo.heard.size());
}

TEST(Flooding, WhatIsTooMuchIsReadLater) {
  House house;
  Person& an = house.join("an");
  while (an.caller.conduct.read_after() <= house.now) ASSERT_TRUE(house.speak(an).ok());
  EXPECT_LE(an.caller.conduct.read_after() - house.now, milliseconds(5));
}

TEST(Flooding, ABurstAfterAStallIsForgiven) {
  House house;
  Person& an = house.join("an");
  for (int stall = 0; stall < 20; ++stall) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(house.speak(an).ok());
    house.pass(seconds(2));
  }
  EXPECT_EQ(0U, house.metrics.drops[static_cast<std::size_t>(Drop::kRateLimit)]);
}

TEST(Stalling, WhoAsksAndDoesNotReadTheAnswersIsClosedWithAReason) {
  House house;
  Person& stalled = house.join("stalled");
  Person& bo = house.join("bo");
  stalled.reading = false;
  for (int i = 0; i < 1000 && !stalled.closed; ++i) {
    house.command(stalled, wire::ListRooms{});
    house.pass(milliseconds(200));
  }
  ASSERT_TRUE(stalled.closed);
  EXPECT_TRUE(absl::IsAborted(*stalled.closed));
  EXPECT_EQ("disconnected for not reading: too many messages waited for you",
            std::string(stalled.closed->message()));
  EXPECT_EQ(1U, bo.told<wire::Left>().size());
  EXPECT_EQ(1U, house.hub.callers());
}

TEST(Stalling, TextsOfOthersCloseNobodyAndWhoReadsAgainIsToldHowManyAreMissing) {
  House house;
  Person& bo = house.join("bo");
  Person& slow = house.join("slow");
  slow.reading = false;
  slow.caller.listener.write_started = house.now;
  for (int i = 0; i < 80; ++i) {
    house.command(bo, wire::Say{std::string(wire::kMaxTextBytes, 't')});
    house.pass(milliseconds(110));
  }
  ASSERT_FALSE(slow.closed);
  slow.reading = true;
  slow.caller.listener.write_started = {};
  slow.wake();
  house.pass(seconds(1));
  EXPECT_EQ(5U, slow.told<wire::TextSaid>().size());
  ASSERT_EQ(1U, slow.outcomes.size());
  EXPECT_EQ("75 texts are missing here: more was said than reached you in time",
            slow.outcomes[0].text);
}

TEST(Stalling, AWriteUnderWayForTooLongEndsTheCall) {
  House house;
  Person& stalled = house.join("stalled");
  Person& bo = house.join("bo");
  stalled.caller.listener.write_started = house.now;
  house.pass(seconds(10));
  EXPECT_FALSE(stalled.closed);
  house.pass(seconds(1));
  ASSERT_TRUE(stalled.closed);
  EXPECT_EQ("disconnected for not reading for 10 s", std::string(stalled.closed->message()));
  EXPECT_EQ(1U, house.metrics.closed_stalled);
  EXPECT_EQ(wire::LeaveReason::kLost, bo.told<wire::Left>().at(0).reason);
}

TEST(Draining, TellsEveryoneAndClosesThemAllForTheSameReason) {
  House house;
  for (int i = 0; i < 600; ++i) {
    house.join("p" + std::to_string(i), i % 3 == 0 ? "attic" : "lobby");
  }
  Person& unsaid = house.connect();
  for (auto& person : house.people) {
    person->forget();
    person->reading = person->number() % 2 == 0;
  }
  house.hub.drain(seconds(5), house.now);
  EXPECT_EQ(0U, house.hub.callers());
  EXPECT_EQ(0U, house.metrics.rooms);
  for (auto& person : house.people) {
    ASSERT_TRUE(person->closed);
    EXPECT_EQ(absl::UnavailableError("the server is shutting down"), *person->closed);
    person->read();
    EXPECT_TRUE(person->told<wire::Left>().empty());
    if (person.get() == &unsaid) continue;
    ASSERT_EQ(1U, person->told<wire::Draining>().size());
    EXPECT_EQ(5000U, person->told<wire::Draining>()[0].grace_ms);
  }
}

TEST(Draining, NobodyMayJoinAnyMore) {
  House house;
  house.hub.drain(seconds(5), house.now);
  Person& late = house.connect();
  const absl::Status status = house.say_hello(late, {"an", "lobby", "", 0});
  EXPECT_EQ(absl::UnavailableError("the server is shutting down"), status);
}

}  // namespace
}  // namespace comcat::server
