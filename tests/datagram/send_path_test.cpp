#include "comcat/datagram/send_path.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

using namespace std::chrono_literals;
using Phase = SendPath::Phase;

/// A path, its clock, and a peer to whom everything arrives until it is told otherwise.
class Bench {
 public:
  explicit Bench(bool keeps_alive = true) : path_(keeps_alive, now_) {}

  SendPath& path() { return path_; }
  [[nodiscard]] base::Duration elapsed() const { return now_ - base::Time{}; }
  [[nodiscard]] const std::vector<base::Duration>& probes() const { return probes_; }

  /// Time passes, in which probes leave; they are echoed at once while `echoes`.
  void pass(base::Duration time, bool echoes) {
    for (const base::Time end = now_ + time; now_ <= end; now_ += 1ms) {
      if (path_.tick(now_)) probe(echoes);
    }
    now_ -= 1ms;
  }

  /// Voice for `time`, a packet each 20 ms, of which `arrives` says which do, with a report each
  /// 200 ms where `reports`.
  template <typename Arrives>
  void talk(base::Duration time, Arrives arrives, bool reports = true) {
    for (const base::Time end = now_ + time; now_ < end; now_ += 20ms) {
      send(Type::kVoice, arrives(next_));
      if (reports && next_ % 10 == 0) path_.told(report_, now_);
      if (path_.tick(now_)) probe(reports);
    }
  }

  /// Voice for `time`, a packet each `gap`, on a line that takes `takes` for each, one after the
  /// other; with reports each 200 ms.
  void talk_on_narrow_line(base::Duration time, base::Duration gap, base::Duration takes) {
    base::Time told = now_;
    for (const base::Time end = now_ + time; now_ < end; now_ += gap) {
      line_is_free_ = std::max<base::Time>(line_is_free_, now_) + takes;
      on_the_line_.emplace_back(next_ + 1, line_is_free_);
      send(Type::kVoice, false);
      for (; on_the_line_.front().second <= now_; on_the_line_.pop_front()) {
        report_ = {on_the_line_.front().first, report_.received + 1};
      }
      if (now_ - told >= 200ms) {
        path_.told(report_, told = now_);
      }
      if (path_.tick(now_)) probe(/*echoes=*/false);
      longest_queue_ = std::max<base::Duration>(longest_queue_, line_is_free_ - now_);
    }
  }
  [[nodiscard]] base::Duration longest_queue() const { return longest_queue_; }

  void send(Type type, bool arrives) {
    path_.sent(type, next_, now_);
    if (arrives) report_ = {next_ + 1, report_.received + 1};
    ++next_;
  }

  void tell() { path_.told(report_, now_); }
  void moved() { path_.moved(now_); }

  void start() {
    pass(SendPath::kBurst[2], /*echoes=*/true);
    ASSERT_EQ(Phase::kInUse, path_.phase());
  }

 private:
  void probe(bool echoes) {
    send(Type::kProbe, echoes);
    path_.probe_sent(next_, now_);
    probes_.push_back(elapsed());
    if (!echoes) return;
    path_.echoed(next_, now_);
    path_.told(report_, now_);
  }

  base::Time now_{};
  SendPath path_;
  std::uint64_t next_ = 0;
  Report report_;
  std::vector<base::Duration> probes_;
  std::deque<std::pair<std::uint64_t, base::Time>> on_the_line_;  // `highest` of each, its arrival
  base::Time line_is_free_{};
  base::Duration longest_queue_{};
};

constexpr auto kAll = [](std::uint64_t) { return true; };
constexpr auto kNone = [](std::uint64_t) { return false; };

TEST(SendPath, IsUsedOnceThreeProbesCameBack) {
  Bench bench;
  bench.pass(299ms, true);
  EXPECT_EQ(Way::kStream, bench.path().way());
  bench.pass(1ms, true);
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  EXPECT_EQ((std::vector<base::Duration>{0ms, 100ms, 300ms}), bench.probes());
}

TEST(SendPath, TheFirstEchoesTellHowEvenTheWayIs) {
  base::Time now{1h};
  SendPath path(true, now);
  std::uint64_t token = 0;
  for (const auto round_trip : {20ms, 26ms, 23ms, 90ms}) {
    EXPECT_EQ(token < 3, !path.spread());
    path.probe_sent(++token, now);
    path.echoed(token, now += round_trip);
  }
  EXPECT_EQ(6ms, path.spread());
}

TEST(SendPath, HowEvenTheWayWasSaysNothingOnceItHasMovedOrIsClosed) {
  Bench bench;
  bench.start();
  EXPECT_EQ(0ms, bench.path().spread());
  bench.moved();
  EXPECT_EQ(std::nullopt, bench.path().spread());
  bench.pass(20s, true);
  EXPECT_EQ(0ms, bench.path().spread());
  bench.talk(2100ms, kNone, false);
  ASSERT_EQ(Phase::kClosed, bench.path().phase());
  EXPECT_EQ(std::nullopt, bench.path().spread());
}

TEST(SendPath, WhereUdpIsBlockedVoiceStaysOnTheStream) {
  Bench bench;
  bench.pass(2499ms, false);
  EXPECT_EQ((std::vector<base::Duration>{0ms, 100ms, 300ms, 700ms, 1500ms}), bench.probes());
  EXPECT_EQ(Phase::kStarting, bench.path().phase());
  bench.pass(1ms, false);
  EXPECT_EQ(Phase::kClosed, bench.path().phase());
  EXPECT_EQ(Way::kStream, bench.path().way());
}

TEST(SendPath, TwoEchoesAreNotEnough) {
  Bench bench;
  bench.pass(150ms, true);
  bench.pass(3s, false);
  EXPECT_EQ(Phase::kClosed, bench.path().phase());
}

TEST(SendPath, ASilentPathIsKeptOpenEachFiveSecondsAndEachFifteenLater) {
  Bench bench;
  bench.start();
  bench.pass(100s, true);
  const std::vector<base::Duration>& probes = bench.probes();
  EXPECT_EQ(5300ms, probes[3]);
  EXPECT_EQ(10'300ms, probes[4]);
  EXPECT_EQ(15s, probes.back() - probes[probes.size() - 2]);
  EXPECT_EQ(Phase::kInUse, bench.path().phase());
}

TEST(SendPath, WhoNeedNotKeepItOpenIsSilent) {
  Bench bench(/*keeps_alive=*/false);
  bench.start();
  bench.pass(100s, true);
  EXPECT_EQ(3U, bench.probes().size());
  EXPECT_EQ(Way::kDatagram, bench.path().way());
}

TEST(SendPath, ASecondWithoutProofSendsBothWaysAndTwoTheStreamAlone) {
  Bench bench;
  bench.start();
  bench.talk(1s, kNone, false);
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  bench.talk(20ms, kNone, false);
  EXPECT_EQ(Way::kBoth, bench.path().way());
  bench.talk(960ms, kNone, false);
  EXPECT_EQ(Way::kBoth, bench.path().way());
  bench.talk(40ms, kNone, false);
  EXPECT_EQ(Way::kStream, bench.path().way());
}

TEST(SendPath, WhatWaitsInALongQueueRaisesNoDoubt) {
  Bench bench;
  bench.start();
  bench.talk_on_narrow_line(2500ms, 20ms, 40ms);
  EXPECT_LT(1200ms, bench.longest_queue());
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  bench.talk(600ms, kNone, false);
  EXPECT_EQ(Way::kDatagram, bench.path().way()) << "the queue may have them still";
  bench.talk(600ms, kNone, false);
  EXPECT_NE(Way::kDatagram, bench.path().way()) << "a second without a report";
}

TEST(SendPath, AProofEndsTheDoubt) {
  Bench bench;
  bench.start();
  bench.talk(1500ms, kAll, false);
  EXPECT_EQ(Way::kBoth, bench.path().way());
  bench.tell();
  EXPECT_EQ(Way::kDatagram, bench.path().way());
}

TEST(SendPath, ThreePacketsWithoutProofDoNotCloseIt) {
  Bench bench;
  bench.start();
  bench.talk(60ms, kNone, false);
  bench.pass(2200ms, false);
  EXPECT_EQ(Way::kBoth, bench.path().way());
  bench.pass(10s, false);
  EXPECT_EQ(Way::kStream, bench.path().way()) << "its probes are not answered either";
}

TEST(SendPath, AnswersAndReportsAskForNoProof) {
  Bench bench(/*keeps_alive=*/false);
  bench.start();
  for (int i = 0; i < 60; ++i) {
    bench.send(i % 2 == 0 ? Type::kReport : Type::kEcho, false);
    bench.pass(100ms, true);
  }
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  EXPECT_EQ(3U, bench.probes().size());
}

TEST(SendPath, HalfOfAllLostForThreeSecondsClosesIt) {
  Bench bench;
  bench.start();
  bench.talk(2900ms, [](std::uint64_t n) { return n % 2 == 0; });
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  EXPECT_GT(bench.path().loss(), 0.4);
  bench.talk(500ms, [](std::uint64_t n) { return n % 2 == 0; });
  EXPECT_EQ(Way::kStream, bench.path().way());
}

TEST(SendPath, AThirdLostIsForTheSpeakerToMakeUpFor) {
  Bench bench;
  bench.start();
  bench.talk(20s, [](std::uint64_t n) { return n % 3 != 0; });
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  EXPECT_NEAR(0.33, bench.path().loss(), 0.05);
}

TEST(SendPath, WhatIsLostIsWatchedEachSecond) {
  Bench bench;
  bench.start();
  bench.talk(6s, [](std::uint64_t n) { return n % 10 != 5; });
  const std::size_t before = bench.probes().size();
  bench.talk(5s, [](std::uint64_t n) { return n % 10 != 5; });
  EXPECT_GE(bench.probes().size(), before + 4);
}

TEST(SendPath, ComesBackAfterFiveGoodProbesASecondApart) {
  Bench bench;
  bench.pass(2500ms, false);
  ASSERT_EQ(Phase::kClosed, bench.path().phase());
  bench.pass(5s, true);
  EXPECT_EQ(Phase::kTrying, bench.path().phase());
  bench.pass(3999ms, true);
  EXPECT_EQ(Way::kStream, bench.path().way());
  bench.pass(1ms, true);
  EXPECT_EQ(Way::kDatagram, bench.path().way());
  EXPECT_EQ(10U, bench.probes().size());
}

TEST(SendPath, ThePauseDoublesUpToFiveMinutes) {
  Bench bench;
  bench.pass(2h, false);
  std::vector<base::Duration> gaps;
  for (std::size_t i = 6; i < bench.probes().size(); ++i) {
    gaps.push_back(bench.probes()[i] - bench.probes()[i - 1]);
  }
  // A probe that fails is known for one when the next is due.
  const std::vector<base::Duration> expected{11s, 21s, 41s, 81s, 161s, 301s, 301s};
  ASSERT_GE(gaps.size(), expected.size());
  gaps.resize(expected.size());
  EXPECT_EQ(expected, gaps);
}

TEST(SendPath, AUseThatLastedAMinuteForgivesThePausesBefore) {
  Bench bench;
  bench.pass(100s, false);  // the pause is now long
  while (bench.path().way() != Way::kDatagram) bench.pass(1s, true);
  bench.pass(61s, true);
  bench.talk(2100ms, kNone, false);
  ASSERT_EQ(Phase::kClosed, bench.path().phase());
  bench.pass(5s, false);
  EXPECT_EQ(Phase::kTrying, bench.path().phase());
}

TEST(SendPath, AnAddressThatChangesSendsBothWaysUntilTheNewOneIsProven) {
  Bench bench;
  bench.start();
  bench.talk(2s, kAll);
  bench.send(Type::kVoice, true);
  bench.moved();
  EXPECT_EQ(Way::kBoth, bench.path().way());
  bench.tell();
  EXPECT_EQ(Way::kBoth, bench.path().way()) << "that was of the way before";
  bench.pass(0ms, true);
  EXPECT_EQ(Way::kDatagram, bench.path().way()) << "its first probe came back";
}

TEST(SendPath, AnAddressThatChangesEndsThePause) {
  Bench bench;
  bench.pass(100s, false);
  ASSERT_EQ(Way::kStream, bench.path().way());
  bench.moved();
  bench.pass(300ms, true);
  EXPECT_EQ(Way::kDatagram, bench.path().way());
}

TEST(SendPath, ReportsOfWhatWasNeverSentProveNothing) {
  Bench bench;
  bench.start();
  bench.talk(1500ms, kNone, false);
  bench.path().told({1'000'000, 1'000'000}, base::Time{} + bench.elapsed());
  EXPECT_EQ(Way::kBoth, bench.path().way());
}

TEST(SendPath, AnEchoOfNoProbeOrTheSameOneTwiceCountsForNothing) {
  SendPath path(true, base::Time{});
  ASSERT_TRUE(path.tick(base::Time{}));
  path.probe_sent(7, base::Time{});
  EXPECT_FALSE(path.echoed(8, base::Time{}));
  EXPECT_TRUE(path.echoed(7, base::Time{} + 30ms));
  EXPECT_EQ(30ms, path.round_trip());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(path.echoed(7, base::Time{} + 40ms));
  EXPECT_EQ(Phase::kStarting, path.phase());
}

TEST(SendPath, IsDueWhenItSaysSo) {
  Bench bench;
  bench.start();
  bench.talk(40ms, kNone, false);
  EXPECT_EQ(base::Time{} + 1300ms, bench.path().next_deadline());
}

}  // namespace
}  // namespace comcat::datagram
