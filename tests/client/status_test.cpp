// The status line's text, its pace, and what it says of the call's sound.

#include "comcat/client/status.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/call_quality.h"
#include "client/line_text.h"
#include "client/status_pace.h"

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr base::Time kStart{1h};

class StatusRow : public ::testing::Test {
 protected:
  StatusRow() {
    use_utf8();
    status_.room = "lobby";
    status_.heads = 3;
  }
  Status status_;
};

TEST_F(StatusRow, SaysWhereYouAreWhoSpeaksAndHowTheCallIs) {
  EXPECT_EQ("lobby, 3 here | mic ....", status_row(status_, 80));
  status_.talkers = {{"binh", 3}, {"chi", 1}};
  status_.own_bars = 2;
  status_.heard_bars = 3;
  status_.lossy = true;
  status_.round_trip = 24ms;
  status_.playout = 60ms;
  EXPECT_EQ(
      "lobby, 3 here | binh ###. chi #... | mic ##.. | out ###. | lossy | round trip 24 ms | "
      "playout "
      "60 ms",
      status_row(status_, 100));
}

TEST_F(StatusRow, SaysWhetherYouAreHeardAndHear) {
  status_.microphone = Status::Microphone::kMuted;
  status_.deafened = true;
  status_.heard_bars = 0;
  EXPECT_EQ("lobby, 3 here | muted | deafened", status_row(status_, 80));
  status_.offline = true;
  EXPECT_EQ("lobby, 3 here | offline | muted | deafened", status_row(status_, 80));
  EXPECT_THAT(status_row(status_, 40), EndsWith("offline | muted | deafened"));
  status_.microphone = Status::Microphone::kMutedByHost;
  EXPECT_THAT(status_row(status_, 40), EndsWith("offline | muted by a host | deafened"));
  status_.microphone = Status::Microphone::kHushed;
  EXPECT_THAT(status_row(status_, 40), EndsWith("offline | hushed | deafened"));
}

TEST_F(StatusRow, ATerminalOf39ColumnsHasNone) {
  EXPECT_EQ("", status_row(status_, 39));
  EXPECT_EQ("lobby, 3 here | mic ....", status_row(status_, 40));
}

TEST_F(StatusRow, NeverFillsARowWhateverIsInIt) {
  const std::vector<std::string> names{"an",
                                       "binh the second of that name",
                                       "語語語語語語語語語語語語語語",
                                       "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
                                       "a | b ####",
                                       "שלום שלום שלום שלום שלום"};
  for (std::size_t columns = 40; columns <= 140; ++columns) {
    for (const std::string& room : names) {
      for (std::size_t talkers = 0; talkers <= 64; talkers = talkers * 2 + 1) {
        status_.room = room;
        status_.talkers.clear();
        for (std::size_t i = 0; i < talkers; ++i) {
          status_.talkers.push_back({names[(i + columns) % names.size()], 2});
        }
        status_.lossy = status_.deafened = columns % 2 == 0;
        status_.round_trip = 1234ms;
        const std::string row = status_row(status_, columns);
        EXPECT_LT(width(row), columns) << row;
        EXPECT_EQ(talkers > 0, row.find(talkers > 0 ? "##.." : "+") != std::string::npos) << row;
      }
    }
  }
}

TEST_F(StatusRow, WideAndCombiningCharactersAreCutWhole) {
  status_.talkers = {{"語語語語語語語語語語", 1}};
  EXPECT_THAT(status_row(status_, 80), HasSubstr("| 語語語語語語語… #..."));
  status_.talkers = {
      {"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
       "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
       1}};
  EXPECT_THAT(status_row(status_, 80), HasSubstr("e\u0301… #..."));
  EXPECT_EQ("e\u0301", cut("e\u0301e", 1));
  EXPECT_EQ("a", cut("a語", 2));
  EXPECT_EQ("👩", cut("👩\u200D👧", 3)) << "no joiner without what it joins";
}

TEST_F(StatusRow, NamesThatLookLikeItsPartsAreQuoted) {
  status_.talkers = {{"x | offline", 1}};
  EXPECT_THAT(status_row(status_, 80), HasSubstr("| \"x | offline\" #..."));
}

TEST_F(StatusRow, OfSomebodysTwoDevicesTheOneThatSpeaksIsNamed) {
  status_.talkers = {{"binh", 1}, {"binh", 2, 2}};
  EXPECT_THAT(status_row(status_, 80), HasSubstr("| binh #... binh (2) ##.. |"));
  status_.talkers = {{"a name of more columns than there are", 1, 2}};
  EXPECT_THAT(status_row(status_, 40), HasSubstr("… (2) #..."));
}

TEST_F(StatusRow, ManyTalkersAreCountedWhereTheyFindNoSpace) {
  for (int i = 0; i < 8; ++i) status_.talkers.push_back({"talker " + std::to_string(i), 4});
  const std::string row = status_row(status_, 60);
  EXPECT_THAT(row, HasSubstr("talker 0 ####"));
  EXPECT_THAT(row, HasSubstr(" +"));
  EXPECT_THAT(row, Not(HasSubstr("talker 7")));
}

TEST(LevelBars, AreFourFromAQuietRoomToFullScale) {
  EXPECT_EQ(0, level_bars(wire::kSilentDbov));
  EXPECT_EQ(0, level_bars(61));
  EXPECT_EQ(1, level_bars(60));
  EXPECT_EQ(3, level_bars(30));
  EXPECT_EQ(4, level_bars(0));
}

TEST(StatusPace, LooksAtMost10TimesASecondAndNeverWhileNothingHappens) {
  StatusPace pace;
  EXPECT_TRUE(pace.is_due(kStart));
  pace.looked(kStart, false);
  EXPECT_EQ(base::Time::max(), pace.next_deadline()) << "muted and idle";
  EXPECT_FALSE(pace.is_due(kStart + 99ms));
  EXPECT_EQ(kStart + 100ms, pace.next_deadline()) << "what happened is shown soon";
  EXPECT_TRUE(pace.is_due(kStart + 100ms));
  pace.looked(kStart + 100ms, true);
  EXPECT_EQ(kStart + 300ms, pace.next_deadline()) << "levels move";
}

TEST(LossWatch, TellsOfWhatWasLostOfLate) {
  LossWatch watch;
  EXPECT_FALSE(watch.lossy(kStart));
  watch.note(0, 1000, kStart);
  watch.note(30, 2000, kStart + 1s);
  EXPECT_FALSE(watch.lossy(kStart + 1s)) << "3 % are not heard";
  watch.note(90, 3000, kStart + 2s);
  EXPECT_TRUE(watch.lossy(kStart + 2s));
  for (int i = 3; i <= 8; ++i) watch.note(90, 1000U * static_cast<unsigned>(i), kStart + 1s * i);
  EXPECT_FALSE(watch.lossy(kStart + 8s)) << "that was long ago";
}

TEST(LossWatch, ForgetsWhatItHasNotSeenForLong) {
  LossWatch watch;
  watch.note(0, 0, kStart);
  watch.note(500, 1000, kStart + 1s);
  EXPECT_TRUE(watch.lossy(kStart + 6s));
  EXPECT_FALSE(watch.lossy(kStart + 6s + 1ms));
  watch.note(0, 100, kStart + 7s);  // whose figures those were has left
  EXPECT_FALSE(watch.lossy(kStart + 7s));
}

TEST(CallQuality, NamesTheSlowestTalkersDelay) {
  CallQuality quality;
  Statistics statistics;
  statistics.playback.speakers[2].delay = 52ms;
  statistics.playback.speakers[3].delay = 118ms;
  statistics.playback.speakers[4].delay = 400ms;
  EXPECT_TRUE(quality.is_due(kStart));
  quality.note(statistics, {{2, 20}, {3, 20}}, kStart);
  EXPECT_FALSE(quality.is_due(kStart + 999ms));
  EXPECT_EQ(120ms, quality.playout()) << "4 is silent now";
  statistics.stream.sent_voice_frames = 40;
  statistics.stream.dropped_voice_frames = 10;
  quality.note(statistics, {}, kStart + 1s);
  EXPECT_TRUE(quality.lossy(kStart + 1s));
  EXPECT_EQ(std::nullopt, quality.playout());
}

}  // namespace
}  // namespace comcat::client
