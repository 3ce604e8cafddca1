// Who hears whom.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/house.h"

namespace comcat::server {
namespace {

TEST(Voice, EveryoneInTheRoomHearsTheSpeakerButTheSpeaker) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  Person& cy = house.join("cy");
  Person& elsewhere = house.join("di", "attic");
  ASSERT_TRUE(house.speak(an, 30, "hello").ok());
  for (Person* listener : {&bo, &cy}) {
    ASSERT_EQ(1U, listener->heard.size());
    EXPECT_EQ("hello", listener->heard[0].frame.payload);
    EXPECT_EQ(an.number(), listener->heard[0].frame.speaker);
    EXPECT_EQ(30, listener->heard[0].frame.level_dbov);
  }
  EXPECT_TRUE(an.heard.empty());
  EXPECT_TRUE(elsewhere.heard.empty());
}

TEST(Voice, WhoAsksForItHearsItselfAndNobodyElseNotices) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  an.forget();
  bo.forget();
  const auto id = house.command(an, wire::SetLoopback{true});
  EXPECT_EQ(0, an.answers(id).at(0).status);
  ASSERT_TRUE(house.speak(an, 30, "hello").ok());
  ASSERT_EQ(1U, an.heard.size());
  EXPECT_EQ("hello", an.heard[0].frame.payload);
  EXPECT_EQ(an.number(), an.heard[0].frame.speaker);
  EXPECT_EQ(1U, bo.heard.size());
  EXPECT_TRUE(bo.events.empty());
  ASSERT_TRUE(house.speak(bo).ok());
  EXPECT_EQ(1U, bo.heard.size()) << "he has not asked";
  house.command(an, wire::SetLoopback{false});
  an.forget();
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_TRUE(an.heard.empty());
}

TEST(Voice, WhoHearsItselfHearsWhatTheOthersHear) {
  House house;
  Person& an = house.join("an");
  house.command(an, wire::SetLoopback{true});
  house.command(an, wire::SetMute{true});
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_TRUE(an.heard.empty()) << "muted";
  house.command(an, wire::SetMute{false});
  house.command(an, wire::SetDeafen{true});
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_TRUE(an.heard.empty()) << "deafened";
  house.command(an, wire::SetDeafen{false});
  house.command(an, wire::JoinRoom{"attic", 0});
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, an.heard.size()) << "in another room, too";
}

TEST(Voice, SequenceAndTimestampPassThroughUnchanged) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  wire::VoicePacket frame{0, 4'000'000'000U, 3'999'999'999U, 960, 12, "x"};
  ASSERT_TRUE(house.send(an, wire::VoiceUp{frame, ""}).ok());
  EXPECT_EQ(4'000'000'000U, bo.heard.at(0).frame.sequence);
  EXPECT_EQ(3'999'999'999U, bo.heard.at(0).frame.timestamp);
}

TEST(Voice, WhoSpeaksIsSaidByTheStreamAndNotByTheFrame) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  Person& cy = house.join("cy");
  wire::VoiceUp forged{{cy.number(), 1, 960, 960, 30, "x"}, "cy"};
  ASSERT_TRUE(house.send(an, forged).ok());
  EXPECT_EQ(an.number(), bo.heard.at(0).frame.speaker);
}

TEST(Voice, AnOriginalListenerGetsTheSpeakersNameAndId) {
  House house;
  Person& an = house.join("an");
  Person& original = house.join_original();
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, original.heard.size());
  EXPECT_NE(std::string::npos, original.bytes.at(0).find(an.caller.who.id));
  EXPECT_EQ(std::string::npos, original.bytes.at(0).find(original.caller.who.id));
}

TEST(Voice, OneSpeakersFramesLeaveAtOnce) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  for (int i = 0; i < 50; ++i) {
    const base::Time spoken = house.now;
    ASSERT_TRUE(house.speak(an).ok());
    ASSERT_EQ(static_cast<std::size_t>(i + 1), bo.heard.size());
    EXPECT_EQ(spoken, bo.heard.back().at);
    house.pass(milliseconds(20));
  }
}

TEST(Voice, WhereTheServerHasLittleToDoNoFrameWaitsForOthers) {
  House house;
  Person& listener = house.join("listener");
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(house.speak(i % 2 == 0 ? an : bo).ok());
    ASSERT_EQ(static_cast<std::size_t>(i + 1), listener.heard.size());
    EXPECT_EQ(house.now, listener.heard.back().at);
    house.pass(milliseconds(10));
  }
}

/// A listener and three who have all begun to talk, to a busy server.
struct Discussion {
  House house;
  Person& listener = house.join("listener");
  std::vector<Person*> speakers = {&house.join("an"), &house.join("bo"), &house.join("cy")};

  Discussion() {
    house.make_busy();
    for (Person* speaker : speakers) EXPECT_TRUE(house.speak(*speaker).ok());
    house.pass(milliseconds(20));
    listener.forget();
  }
};

TEST(Voice, SeveralSpeakersFramesWaitForEachOtherAndLeaveInOneMessage) {
  Discussion three;
  House& house = three.house;
  const base::Time first = house.now;
  for (Person* speaker : three.speakers) {
    EXPECT_TRUE(three.listener.heard.empty());
    ASSERT_TRUE(house.speak(*speaker).ok());
    house.pass(milliseconds(3));
  }
  ASSERT_EQ(3U, three.listener.heard.size());
  EXPECT_EQ(1U, three.listener.raw_voice.size());
  EXPECT_EQ(first + milliseconds(6), three.listener.heard[0].at);  // when the last had spoken
  house.pass(seconds(1));
  EXPECT_EQ(3U, three.listener.heard.size());
}

TEST(Voice, WhoFellSilentIsWaitedForNoLongerThanTenMilliseconds) {
  Discussion three;
  House& house = three.house;
  const base::Time first = house.now;
  ASSERT_TRUE(house.speak(*three.speakers[0]).ok());
  ASSERT_TRUE(house.speak(*three.speakers[1]).ok());
  house.pass(milliseconds(20));
  ASSERT_EQ(2U, three.listener.heard.size());
  EXPECT_EQ(1U, three.listener.raw_voice.size());
  EXPECT_EQ(first + milliseconds(10), three.listener.heard[0].at);
}

TEST(Voice, NoFrameWaitsLongerThanTenMillisecondsForOthers) {
  House house;
  house.make_busy();
  Person& listener = house.join("listener");
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(house
                    .speak(i % 2 == 0 ? an : bo, 30,
                           std::to_string(house.now.time_since_epoch() / milliseconds(1)))
                    .ok());
    house.pass(milliseconds(7));
  }
  house.pass(milliseconds(20));
  ASSERT_EQ(200U, listener.heard.size());
  for (const Person::Heard& it : listener.heard) {
    const base::Time spoken{milliseconds(std::stoll(it.frame.payload))};
    EXPECT_LE(it.at - spoken, SendLoad::kLongestWait);
  }
  EXPECT_LT(listener.raw_voice.size(), 130U);
}

TEST(Voice, OneListenerWhoDoesNotReadLosesOldVoiceAndNobodyElseNotices) {
  House house;
  Person& an = house.join("an");
  Person& stalled = house.join("stalled");
  Person& bo = house.join("bo");
  stalled.reading = false;
  for (int i = 0; i < 150; ++i) {
    const base::Time spoken = house.now;
    ASSERT_TRUE(house.speak(an).ok());
    ASSERT_EQ(spoken, bo.heard.at(static_cast<std::size_t>(i)).at);
    house.pass(milliseconds(20));
  }
  stalled.wake();
  stalled.read();
  EXPECT_LE(stalled.heard.size(), 11U);
  EXPECT_EQ(bo.heard.back().frame.sequence, stalled.heard.back().frame.sequence);
  EXPECT_GT(house.metrics.drops[static_cast<std::size_t>(Drop::kQueueOverflow)], 100U);
}

TEST(Voice, TheMutedAreNotHeardAndEveryoneIsTold) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  house.command(an, wire::SetMute{true});
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_TRUE(bo.heard.empty());
  EXPECT_EQ(1U, house.metrics.drops[static_cast<std::size_t>(Drop::kMuted)]);
  ASSERT_EQ(1U, bo.told<wire::MuteChanged>().size());
  EXPECT_EQ(an.number(), bo.told<wire::MuteChanged>()[0].session);
  house.command(an, wire::SetMute{false});
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(Voice, TheDeafenedGetNoneNotEvenWhatWaited) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  bo.reading = false;
  ASSERT_TRUE(house.speak(an).ok());
  house.command(bo, wire::SetDeafen{true});
  ASSERT_TRUE(house.speak(an).ok());
  bo.reading = true;
  bo.wake();
  EXPECT_TRUE(bo.heard.empty());
  ASSERT_EQ(1U, an.told<wire::DeafenChanged>().size());
  EXPECT_TRUE(an.told<wire::DeafenChanged>()[0].deafened);
  house.command(bo, wire::SetDeafen{false});
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(Voice, WhoMovedHearsNothingMoreOfTheOldRoom) {
  House house;
  Person& an = house.join("an");
  Person& bo = house.join("bo");
  bo.reading = false;
  ASSERT_TRUE(house.speak(an).ok());
  house.command(bo, wire::JoinRoom{"attic"});
  ASSERT_TRUE(house.speak(an).ok());
  bo.reading = true;
  bo.wake();
  EXPECT_TRUE(bo.heard.empty());
}

TEST(Voice, ARoomOfTwoHundredWhoAllTalkCostsTheSlotsAndNotTheSquare) {
  House house;
  std::vector<Person*> crowd;
  for (int i = 0; i < 200; ++i) crowd.push_back(&house.join("p" + std::to_string(i)));
  for (int frame = 0; frame < 50; ++frame) {
    for (Person* speaker : crowd) {
      const auto level = static_cast<std::uint8_t>(20 + (speaker->number() * 7 + frame * 3) % 7);
      ASSERT_TRUE(house.speak(*speaker, level).ok());
    }
    house.pass(milliseconds(20));
  }
  std::size_t deliveries = 0;
  for (Person* listener : crowd) deliveries += listener->heard.size();
  EXPECT_LE(deliveries, 8U * 200 * 50);
  EXPECT_GE(deliveries, 8U * 199 * 49);
  EXPECT_EQ(192U * 50, house.metrics.drops[static_cast<std::size_t>(Drop::kNotLoudest)]);
}

}  // namespace
}  // namespace comcat::server
