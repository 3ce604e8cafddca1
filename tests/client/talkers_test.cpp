// Who talks, and when programs are told.

#include "comcat/client/talkers.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/speaking_events.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr base::Time kStart{1h};
constexpr std::uint8_t kLoud = 20;

wire::VoicePackets frame(wire::SessionNumber speaker, std::uint8_t level_dbov = kLoud) {
  wire::VoicePacket packet;
  packet.speaker = speaker;
  packet.level_dbov = level_dbov;
  return {packet};
}

std::vector<wire::SessionNumber> sessions(const std::vector<Talkers::Talker>& talking) {
  std::vector<wire::SessionNumber> out;
  for (const Talkers::Talker& it : talking) out.push_back(it.session);
  return out;
}

TEST(Talkers, TalkFromTheirFirstLoudFrameUntil300MsAfterTheLast) {
  Talkers talkers;
  EXPECT_EQ(base::Time::max(), talkers.next_end(kStart));
  EXPECT_TRUE(talkers.hear(frame(7), kStart));
  EXPECT_FALSE(talkers.hear(frame(7), kStart + 20ms)) << "goes on";
  EXPECT_EQ(kStart + 320ms, talkers.next_end(kStart + 20ms));
  EXPECT_THAT(sessions(talkers.now(kStart + 319ms)), ElementsAre(7));
  EXPECT_THAT(talkers.now(kStart + 320ms), IsEmpty());
  EXPECT_EQ(base::Time::max(), talkers.next_end(kStart + 320ms));
  EXPECT_TRUE(talkers.hear(frame(7), kStart + 320ms)) << "anew";
}

TEST(Talkers, FramesOfSilenceAreNotTalkingHoweverManyCome) {
  Talkers talkers;
  EXPECT_FALSE(talkers.hear(frame(7, Talkers::kVoiceDbov + 1), kStart));
  EXPECT_FALSE(talkers.hear(frame(8, wire::kSilentDbov), kStart));
  EXPECT_THAT(talkers.now(kStart), IsEmpty());
  EXPECT_TRUE(talkers.hear(frame(7, Talkers::kVoiceDbov), kStart));
  for (auto at = 20ms; at < 300ms; at += 20ms) {
    EXPECT_FALSE(talkers.hear(frame(7, wire::kSilentDbov), kStart + at));
  }
  EXPECT_EQ(wire::kSilentDbov, talkers.now(kStart + 299ms).at(0).level_dbov);
  EXPECT_THAT(talkers.now(kStart + 300ms), IsEmpty());
}

TEST(Talkers, WhoHasTalkedLongestComesFirst) {
  Talkers talkers;
  EXPECT_TRUE(talkers.hear(frame(9), kStart));
  EXPECT_TRUE(talkers.hear(frame(3), kStart + 20ms));
  EXPECT_FALSE(talkers.hear(frame(9), kStart + 40ms));
  EXPECT_THAT(sessions(talkers.now(kStart + 40ms)), ElementsAre(9, 3));
  talkers.remove(9);
  EXPECT_THAT(sessions(talkers.now(kStart + 40ms)), ElementsAre(3));
}

TEST(Talkers, AServerThatMakesUpSpeakersFillsNoMemory) {
  Talkers talkers;
  for (wire::SessionNumber i = 0; i < 10'000; ++i) std::ignore = talkers.hear(frame(i), kStart);
  EXPECT_EQ(Talkers::kMost, talkers.now(kStart).size());
  EXPECT_TRUE(talkers.hear(frame(20'000), kStart + 300ms)) << "in the place of one that is over";
}

class Telling : public ::testing::Test {
 protected:
  /// What is told at `now` if `talking` talk: "+7" begins, "-7" ends.
  std::vector<std::string> told(const std::vector<wire::SessionNumber>& talking, base::Time now) {
    std::vector<Talkers::Talker> talkers;
    for (const wire::SessionNumber session : talking) talkers.push_back({session, kLoud});
    std::vector<std::string> out;
    for (const SpeakingEvents::Change& change : events_.step(talkers, now)) {
      out.push_back((change.speaks ? "+" : "-") + std::to_string(change.session));
    }
    return out;
  }
  SpeakingEvents events_;
};

TEST_F(Telling, BeginsAndEndsAreToldOnce) {
  EXPECT_THAT(told({7, 8}, kStart), ElementsAre("+7", "+8"));
  EXPECT_THAT(told({7, 8}, kStart + 1ms), IsEmpty());
  EXPECT_THAT(told({8}, kStart + 2ms), ElementsAre("-7"));
  events_.remove(8);
  EXPECT_THAT(told({}, kStart + 3ms), IsEmpty()) << "who left needs no end";
  EXPECT_EQ(base::Time::max(), events_.next_deadline());
}

TEST_F(Telling, TenASecondAreToldAndTheRestWaits) {
  std::vector<wire::SessionNumber> many;
  for (wire::SessionNumber i = 1; i <= 12; ++i) many.push_back(i);
  EXPECT_EQ(10U, told(many, kStart).size());
  EXPECT_EQ(kStart + 1s, events_.next_deadline());
  EXPECT_THAT(told(many, kStart + 999ms), IsEmpty());
  EXPECT_THAT(told(many, kStart + 1s), ElementsAre("+11", "+12"));
  EXPECT_EQ(base::Time::max(), events_.next_deadline());
}

TEST_F(Telling, WhatIsOverBeforeThereIsRoomIsNeverTold) {
  std::vector<wire::SessionNumber> many;
  for (wire::SessionNumber i = 1; i <= 11; ++i) many.push_back(i);
  std::ignore = told(many, kStart);
  many.pop_back();
  EXPECT_THAT(told(many, kStart + 500ms), IsEmpty());
  EXPECT_EQ(base::Time::max(), events_.next_deadline());
  EXPECT_THAT(told(many, kStart + 1s), IsEmpty());
}

TEST_F(Telling, NoSecondHoldsMoreThanTenHoweverFastTheyTakeTurns) {
  std::vector<base::Time> told_at;
  for (auto at = 0ms; at < 5s; at += 10ms) {
    const bool talks = at.count() / 10 % 2 == 0;
    const auto talking =
        talks ? std::vector<wire::SessionNumber>{7} : std::vector<wire::SessionNumber>{};
    for (const std::string& event : told(talking, kStart + at)) {
      std::ignore = event;
      told_at.push_back(kStart + at);
    }
  }
  ASSERT_GT(told_at.size(), 40U);
  for (std::size_t i = 10; i < told_at.size(); ++i) EXPECT_GE(told_at[i] - told_at[i - 10], 1s);
}

}  // namespace
}  // namespace comcat::client
