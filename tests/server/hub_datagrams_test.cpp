// Callers with datagrams beside their streams, as the hub sees them.

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/datagram/replay_window.h"
#include "comcat/datagram/voice.h"

#include "server/house.h"

namespace comcat::server {
namespace {

/// Takes what it is told to take.
class Path final : public VoicePath {
 public:
  struct Log {
    bool takes = true;  // false: the stream has to
    bool alone = true;  // false: both ways
    bool gone = false;
    std::vector<std::string> sent;
    std::vector<wire::DatagramReport> told;
    std::optional<base::Duration> round_trip;
  };

  explicit Path(Log& log) : log_(log) {}
  ~Path() override { log_.gone = true; }

  bool send(const Payload& frame, base::Time /*now*/) override {
    if (log_.takes) log_.sent.push_back(*frame);
    return log_.takes && log_.alone;
  }
  bool is_first(std::uint32_t sequence) override { return filter_.take(sequence); }
  [[nodiscard]] std::optional<base::Duration> round_trip() const override {
    return log_.round_trip;
  }
  void told(const wire::DatagramReport& report, base::Time /*now*/) override {
    log_.told.push_back(report);
  }

 private:
  Log& log_;
  datagram::SequenceFilter filter_;
};

class Paths final : public VoicePaths {
 public:
  std::optional<wire::DatagramOffer> open(Caller& caller, base::Time /*now*/) override {
    caller.listener.path = std::make_unique<Path>(logs[&caller]);
    return wire::DatagramOffer{4711, 1, 0, "up", "salt", "down", "salt"};
  }
  std::map<const Caller*, Path::Log> logs;
};

class HubDatagrams : public ::testing::Test {
 protected:
  static HubOptions with(Paths& paths) {
    HubOptions options;
    options.datagrams = &paths;
    return options;
  }

  Person& join(const std::string& name) {
    Person& person = house.connect();
    EXPECT_TRUE(
        house
            .say_hello(person, {.name = name,
                                .room = {},
                                .resume_key = {},
                                .features = wire::kFeatureVoiceBatch | wire::kFeatureDatagrams})
            .ok());
    house.pass(Room::kEventGap);
    return person;
  }
  Path::Log& log(const Person& person) { return paths.logs.at(&person.caller); }
  static wire::VoicePacket packet(std::uint32_t sequence) {
    return {0, sequence, sequence * 960, 960, 30, "opus"};
  }

  Paths paths;
  House house{with(paths)};
};

TEST_F(HubDatagrams, AreOfferedToWhoTakesThemAndNobodyElse) {
  Person& an = join("an");
  ASSERT_TRUE(an.welcomes.at(0).datagrams);
  EXPECT_EQ(4711, an.welcomes[0].datagrams->port);
  EXPECT_NE(0U, an.welcomes[0].features & wire::kFeatureDatagrams);
  Person& bo = house.connect();
  ASSERT_TRUE(house.say_hello(bo, {"bo", "", "", wire::kFeatureVoiceBatch}).ok());
  EXPECT_FALSE(bo.welcomes.at(0).datagrams);
  EXPECT_EQ(0U, bo.welcomes[0].features & wire::kFeatureDatagrams);
  EXPECT_EQ(nullptr, bo.caller.listener.path);
}

TEST_F(HubDatagrams, VoiceTakesTheWayThatThePathSays) {
  Person& an = join("an");
  Person& bo = join("bo");
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(1U, log(bo).sent.size());
  EXPECT_EQ(0U, bo.heard.size());
  log(bo).alone = false;
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(2U, log(bo).sent.size());
  EXPECT_EQ(1U, bo.heard.size());
  log(bo).takes = false;
  ASSERT_TRUE(house.speak(an).ok());
  EXPECT_EQ(2U, log(bo).sent.size());
  EXPECT_EQ(2U, bo.heard.size());
  EXPECT_TRUE(log(an).sent.empty());
}

TEST_F(HubDatagrams, WhatLeavesIsTheFrameWithItsSpeaker) {
  Person& an = join("an");
  Person& bo = join("bo");
  house.hub.hear(an.caller, packet(7), house.now);
  wire::VoicePackets got;
  ASSERT_TRUE(datagram::parse_voice(log(bo).sent.at(0), got));
  EXPECT_EQ(an.number(), got[0].speaker);
  EXPECT_EQ(7U, got[0].sequence);
  EXPECT_EQ("opus", got[0].payload);
}

TEST_F(HubDatagrams, ListenersOnStreamsHearWhoSpeaksByDatagrams) {
  Person& an = join("an");
  Person& bo = house.join("bo");
  house.hub.hear(an.caller, packet(1), house.now);
  ASSERT_EQ(1U, bo.heard.size());
  EXPECT_EQ(an.number(), bo.heard[0].frame.speaker);
}

TEST_F(HubDatagrams, APacketThatComesBothWaysIsHeardOnce) {
  Person& an = join("an");
  Person& bo = join("bo");
  house.hub.hear(an.caller, packet(1), house.now);
  ASSERT_TRUE(house.send(an, wire::VoiceUp{packet(1), ""}).ok());
  ASSERT_TRUE(house.send(an, wire::VoiceUp{packet(2), ""}).ok());
  house.hub.hear(an.caller, packet(2), house.now);
  EXPECT_EQ(2U, log(bo).sent.size());
}

TEST_F(HubDatagrams, WhoAsksForRoomsLearnsHowFarTheOthersOfItsOwnAre) {
  Person& an = join("an");
  Person& bo = join("bo");
  log(bo).round_trip = milliseconds(42);
  house.command(an, wire::ListRooms{});
  const auto& list = std::get<wire::RoomList>(an.outcomes.back().result);
  ASSERT_EQ(1U, list.round_trips.size());
  EXPECT_EQ(bo.number(), list.round_trips[0].session);
  EXPECT_EQ(42U, list.round_trips[0].ms);
}

TEST_F(HubDatagrams, NoDatagramWaitsForOthersUnderLoad) {
  Person& an = join("an");
  Person& bo = join("bo");
  Person& cy = join("cy");
  Person& di = house.join("di");
  house.make_busy();
  ASSERT_TRUE(house.speak(an).ok() && house.speak(bo).ok());
  EXPECT_EQ(2U, log(cy).sent.size());
  EXPECT_EQ(1U, di.heard.size()) << "bo's waits for an's next";
}

TEST_F(HubDatagrams, MutedSpeakersAndDeafenedListenersAreLeftOut) {
  Person& an = join("an");
  Person& bo = join("bo");
  house.command(bo, wire::SetDeafen{true});
  house.hub.hear(an.caller, packet(1), house.now);
  EXPECT_TRUE(log(bo).sent.empty());
  house.command(bo, wire::SetDeafen{false});
  house.command(an, wire::SetMute{true});
  house.hub.hear(an.caller, packet(2), house.now);
  EXPECT_TRUE(log(bo).sent.empty());
}

TEST_F(HubDatagrams, AReportOnTheStreamReachesThePath) {
  Person& an = join("an");
  ASSERT_TRUE(house.send(an, wire::DatagramReport{9, 8}).ok());
  EXPECT_EQ((std::vector<wire::DatagramReport>{{9, 8}}), log(an).told);
  Person& bo = house.join("bo");
  EXPECT_TRUE(house.send(bo, wire::DatagramReport{9, 8}).ok()) << "of one who was offered none";
}

TEST_F(HubDatagrams, ABurstAfterAStallIsHeardWhole) {
  Person& an = join("an");
  Person& bo = join("bo");
  house.pass(seconds(1));
  for (std::uint32_t i = 0; i < 20; ++i) house.hub.hear(an.caller, packet(i), house.now);
  EXPECT_EQ(20U, log(bo).sent.size()) << "400 ms of voice";
}

TEST_F(HubDatagrams, AFloodIsDroppedWarnedOfAndEnded) {
  Person& an = join("an");
  Person& bo = join("bo");
  std::uint32_t sequence = 0;
  const auto flood = [&](milliseconds time) {
    for (const base::Time end = house.now + time; house.now < end; house.pass(milliseconds(1))) {
      house.hub.hear(an.caller, packet(++sequence), house.now);
    }
  };
  flood(milliseconds(900));
  EXPECT_FALSE(an.closed);
  EXPECT_LT(log(bo).sent.size(), 150U) << "of 900";
  flood(milliseconds(200));
  EXPECT_EQ(1U, an.answers(0).size()) << "the warning";
  flood(milliseconds(3500));
  ASSERT_TRUE(an.closed);
  EXPECT_TRUE(absl::IsResourceExhausted(*an.closed));
  EXPECT_TRUE(log(an).gone);
}

TEST_F(HubDatagrams, OnesThatComeAgainUnderNewCountersCountAsAFlood) {
  Person& an = join("an");
  join("bo");
  for (int i = 0; i < 5000 && !an.closed; ++i) {
    house.hub.hear(an.caller, packet(1), house.now);
    house.pass(milliseconds(1));
  }
  EXPECT_TRUE(an.closed);
}

TEST_F(HubDatagrams, TheShortestFramesSaidAgainWithTheNextAreHeardAndNoFlood) {
  Person& an = join("an");
  Person& bo = join("bo");
  constexpr std::uint32_t kPackets = 5 * 400;
  for (std::uint32_t i = 1; i <= kPackets; ++i) {
    const auto say = [&](std::uint32_t sequence) {
      house.hub.hear(an.caller, {0, sequence, sequence * 120, 120, 30, std::string(40, 'v')},
                     house.now);
    };
    if (i > 1) say(i - 1);
    say(i);
    house.pass(std::chrono::microseconds(2500));
  }
  EXPECT_FALSE(an.closed);
  EXPECT_TRUE(an.answers(0).empty()) << "no warning";
  EXPECT_EQ(kPackets, log(bo).sent.size());
}

TEST_F(HubDatagrams, WhoComesBackFromAwayHasThemBothWaysUnderTheNumberItHad) {
  const unsigned features =
      wire::kFeatureVoiceBatch | wire::kFeatureDatagrams | wire::kFeatureReturn;
  Person& an = house.connect();
  ASSERT_TRUE(house.say_hello(an, {"an", "", "", features}).ok());
  Person& bo = join("bo");
  house.hub.leave(an.caller, wire::LeaveReason::kLost, house.now);
  EXPECT_TRUE(log(an).gone);
  house.pass(seconds(5));
  ASSERT_EQ(1U, bo.told<wire::Away>().size());
  Person& again = house.connect();
  const std::string key = an.welcomes.at(0).resume_key;
  ASSERT_TRUE(house.say_hello(again, {"an", "", key, features}).ok());
  house.pass(Room::kEventGap);
  ASSERT_EQ(an.number(), again.number());
  ASSERT_EQ(1U, bo.told<wire::Back>().size());
  ASSERT_TRUE(again.welcomes.at(0).datagrams);
  house.hub.hear(again.caller, packet(7), house.now);
  wire::VoicePackets got;
  ASSERT_EQ(1U, log(bo).sent.size());
  ASSERT_TRUE(datagram::parse_voice(log(bo).sent[0], got));
  EXPECT_EQ(again.number(), got[0].speaker);
  house.hub.hear(bo.caller, packet(1), house.now);
  EXPECT_EQ(1U, log(again).sent.size());
  EXPECT_TRUE(log(an).sent.empty());
}

TEST_F(HubDatagrams, GoWithTheStream) {
  Person& an = join("an");
  join("bo");
  house.hang_up(an);
  EXPECT_TRUE(log(an).gone);
  house.hub.hear(an.caller, packet(1), house.now);  // on its way when the stream ended
}

}  // namespace
}  // namespace comcat::server
