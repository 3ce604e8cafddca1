// Clients that know only com_municat's messages.

#include <string>

#include <gtest/gtest.h>

#include "server/house.h"

namespace comcat::server {
namespace {

absl::Status speak_as(House& house, Person& person, const std::string& name) {
  return house.send(person, wire::VoiceUp{{0, 0, 0, 240, 127, "opus"}, name});
}

TEST(OriginalClient, ItsEmptySignalIsAnsweredAndPutsItIntoTheLobby) {
  House house;
  Person& original = house.connect();
  ASSERT_TRUE(house.say_hello(original, {}).ok());
  ASSERT_EQ(1U, original.welcomes.size());
  EXPECT_EQ("lobby", original.welcomes[0].room);
  ASSERT_TRUE(house.say_hello(original, {}).ok());
  EXPECT_EQ(2U, original.welcomes.size());
}

TEST(OriginalClient, MaySpeakWithoutHavingSignalled) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.connect();
  ASSERT_TRUE(speak_as(house, original, "an").ok());
  EXPECT_EQ(1U, bo.heard.size());
}

TEST(OriginalClient, IsNamelessUntilItsFirstVoice) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.join_original();
  EXPECT_EQ("caller-2", bo.told<wire::Joined>().at(0).member.name);
  ASSERT_TRUE(speak_as(house, original, "an").ok());
  ASSERT_EQ(2U, bo.told<wire::Joined>().size());
  EXPECT_EQ("an", bo.told<wire::Joined>()[1].member.name);
  EXPECT_EQ(original.number(), bo.told<wire::Joined>()[1].member.session);
}

TEST(OriginalClient, TheFirstNameStays) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.join_original();
  ASSERT_TRUE(speak_as(house, original, "an").ok());
  ASSERT_TRUE(speak_as(house, original, "cy").ok());
  EXPECT_EQ("an", original.caller.who.name);
  EXPECT_EQ(2U, bo.told<wire::Joined>().size());
  EXPECT_EQ(2U, bo.heard.size());
}

TEST(OriginalClient, ANameWithCombiningMarksIsComposed) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.join_original();
  ASSERT_TRUE(speak_as(house, original, "A\u0302n").ok());
  EXPECT_EQ("\u00C2n", original.caller.who.name);
  EXPECT_EQ("\u00C2n", bo.told<wire::Joined>().at(1).member.name);
  EXPECT_TRUE(absl::IsAlreadyExists(
      house.say_hello(house.connect(), {"\u00E2n", "lobby", "", wire::kFeatureVoiceBatch})));
}

TEST(OriginalClient, ANameThatIsTakenOrMayNotBeLeavesThePlaceholderAndTheVoice) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.join_original();
  for (const char* name :
       {"", "BO", "ｂｏ", "a\nb", "\x1b]0;x\x07", "caller-1", "caller-9", "you"}) {
    ASSERT_TRUE(speak_as(house, original, name).ok());
    EXPECT_EQ("caller-2", original.caller.who.name) << name;
  }
  EXPECT_EQ(8U, bo.heard.size());
  EXPECT_EQ(1U, bo.told<wire::Joined>().size());
}

TEST(OriginalClient, ItsFramesAreNumberedForTheOthers) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.join_original();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(speak_as(house, original, "an").ok());
    house.pass(milliseconds(5));
  }
  house.pass(milliseconds(10));
  ASSERT_EQ(3U, bo.heard.size());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(i, bo.heard[i].frame.sequence);
    EXPECT_EQ(i * 240, bo.heard[i].frame.timestamp);
    EXPECT_LE(bo.heard[i].frame.level_dbov, Loudest::kVoiceDbov);
  }
}

TEST(OriginalClient, ItsTwoHundredFramesASecondAreWithinTheLimits) {
  House house;
  Person& original = house.join_original();
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(speak_as(house, original, "an").ok());
    house.pass(milliseconds(5));
  }
  EXPECT_EQ(0U, house.metrics.drops[static_cast<std::size_t>(Drop::kRateLimit)]);
}

constexpr const char* kFourFrames =
    "\xeb\x04"
    "abcd";  // 4 x 5 ms, CELT

TEST(OriginalClient, EveryoneIsToldThatItIsOne) {
  House house;
  Person& bo = house.join("bo");
  Person& original = house.join_original();
  EXPECT_TRUE(bo.told<wire::Joined>().at(0).member.original);
  ASSERT_TRUE(speak_as(house, original, "an").ok());
  EXPECT_TRUE(bo.told<wire::Joined>().at(1).member.original);
  Person& cy = house.connect();
  ASSERT_TRUE(house.say_hello(cy, {"cy", "lobby", "", wire::kFeatureVoiceBatch}).ok());
  EXPECT_FALSE(cy.welcomes.at(0).members.at(0).original);
  EXPECT_TRUE(cy.welcomes.at(0).members.at(1).original);
}

TEST(OriginalClient, IsSentOneOpusFrameAtATimeAndTheOthersTheWholePacket) {
  House house;
  Person& bo = house.join("bo");
  Person& an = house.join("an");
  Person& original = house.join_original();
  ASSERT_TRUE(house.speak(an, 30, kFourFrames).ok());
  ASSERT_EQ(4U, original.heard.size());
  EXPECT_EQ(4U, original.raw_voice.size()) << "a message each";
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ("\xe8" + std::string(1, static_cast<char>('a' + i)), original.heard[i].frame.payload);
    EXPECT_EQ(i * 240, original.heard[i].frame.timestamp);
    EXPECT_EQ(240U, original.heard[i].frame.duration_samples);
    EXPECT_EQ(an.number(), original.heard[i].frame.speaker);
  }
  ASSERT_EQ(1U, bo.raw_voice.size());
  ASSERT_EQ(1U, bo.heard.size());
  EXPECT_EQ(kFourFrames, bo.heard[0].frame.payload);
}

TEST(OriginalClient, ABotThatTakesFramesOneByOneGetsThePacketAsItWasSent) {
  House house;
  Person& an = house.join("an");
  Person& bot = house.connect();
  ASSERT_TRUE(house.say_hello(bot, {"bot", "lobby", "", 0}).ok());
  ASSERT_TRUE(house.speak(an, 30, kFourFrames).ok());
  ASSERT_EQ(1U, bot.heard.size());
  EXPECT_EQ(kFourFrames, bot.heard[0].frame.payload);
}

TEST(OriginalClient, IsToldOnlyWhatItKnows) {
  House house;
  Person& original = house.join_original();
  Person& an = house.join("an");
  house.command(an, wire::Say{"hi"});
  house.hang_up(an);
  house.hub.drain(seconds(5), house.now);
  EXPECT_TRUE(original.bytes.empty());
  EXPECT_TRUE(original.closed);
}

TEST(OriginalClient, SignalsMayNotComeWithoutEnd) {
  // Each is a few bytes and is answered with everyone's name.
  House house;
  Person& an = house.join("an");
  Person& original = house.connect();
  absl::Status status;
  int signals = 0;
  for (; status.ok() && signals < 100'000; ++signals) {
    status = house.say_hello(original, {});
    house.pass(milliseconds(1));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_LT(signals, 5000);
  EXPECT_LT(original.welcomes.size(), 50U);
  EXPECT_FALSE(an.closed);
}

}  // namespace
}  // namespace comcat::server
