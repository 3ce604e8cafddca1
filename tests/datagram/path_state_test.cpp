#include "comcat/datagram/path_state.h"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::datagram {
namespace {

using namespace std::chrono_literals;

/// Two ends and the way between them, of which each direction works or does not. What arrives, does
/// so at once; reports that leave by the stream always arrive.
class Pair {
 public:
  struct End {
    PathState path;
    std::uint64_t next = 0;
    bool reaches = true;           // what it sends as a datagram
    std::uint64_t loses_each = 0;  // of those one is lost; 0: none
    int reports = 0;               // that it told
  };

  End& client() { return client_; }
  End& server() { return server_; }

  /// `time` passes; `speaks` sends a packet each 20 ms, by the ways that its path says.
  void pass(base::Duration time, End* speaks = nullptr) {
    for (const base::Time end = now_ + time; now_ < end; now_ += 20ms) {
      if (speaks != nullptr && speaks->path.way() != Way::kStream) {
        send(*speaks, Type::kVoice, nullptr);
      }
      for (End* next : {&client_, &server_}) serve(*next);
    }
  }

 private:
  void serve(End& end) {
    const PathState::Due due = end.path.due(now_);
    if (due.probe) {
      const Probe probe = end.path.probe(++token_, now_);
      send(end, Type::kProbe, &probe);
    }
    if (due.report) tell(end);
  }

  void tell(End& end) {
    ++end.reports;
    const Report report = end.path.report(now_);
    const Probe body{0, report};
    if (end.path.way() != Way::kStream) send(end, Type::kReport, &body);
    if (end.path.way() != Way::kDatagram) other(end).path.told(report, now_);
  }

  void send(End& from, Type type, const Probe* body) {
    Header header;
    header.type = type;
    header.counter = from.next++;
    from.path.sent(type, header.counter, now_);
    End& to = other(from);
    if (!from.reaches) return;
    if (from.loses_each > 0 && header.counter % from.loses_each == 0) return;
    to.path.received(header, now_);
    if (type == Type::kProbe) {
      const Probe echo = to.path.probe_came(*body, now_);
      send(to, Type::kEcho, &echo);
    }
    if (type == Type::kEcho) to.path.echo_came(*body, now_);
    if (type == Type::kReport) to.path.told(body->report, now_);
  }

  End& other(End& end) { return &end == &client_ ? server_ : client_; }

  base::Time now_{};
  std::uint64_t token_ = 0;
  End client_{PathState(true, now_)};
  End server_{PathState(false, now_)};
};

void expect_ways(Pair& pair, Way up, Way down) {
  EXPECT_EQ(up, pair.client().path.way());
  EXPECT_EQ(down, pair.server().path.way());
}

TEST(PathState, BothDirectionsAreInUseAfterTheFirstProbes) {
  Pair pair;
  pair.pass(320ms);
  expect_ways(pair, Way::kDatagram, Way::kDatagram);
}

TEST(PathState, WhileNobodySpeaksNothingIsReported) {
  Pair pair;
  pair.pass(60s);
  EXPECT_EQ(0, pair.client().reports);
  EXPECT_EQ(0, pair.server().reports);
  expect_ways(pair, Way::kDatagram, Way::kDatagram);
}

TEST(PathState, WhileVoiceFlowsItsReceiverProvesItFiveTimesASecond) {
  Pair pair;
  pair.pass(10s, &pair.client());
  EXPECT_NEAR(49, pair.server().reports, 2);
  EXPECT_EQ(0, pair.client().reports);
}

TEST(PathState, AClientToWhichAllComesReportsTwiceASecond) {
  Pair pair;
  pair.pass(10s, &pair.server());
  EXPECT_NEAR(22, pair.client().reports, 2);
  expect_ways(pair, Way::kDatagram, Way::kDatagram);
}

TEST(PathState, AClientThatMissesOneReportsMoreOftenFromThenOnForAWhile) {
  Pair pair;
  pair.pass(4s, &pair.server());
  const int before = pair.client().reports;
  pair.server().loses_each = 50;  // one a second
  pair.pass(4s, &pair.server());
  EXPECT_GE(pair.client().reports - before, 16);
  pair.server().loses_each = 0;
  pair.pass(4s, &pair.server());
  const int after = pair.client().reports;
  pair.pass(9s, &pair.server());
  EXPECT_NEAR(20, pair.client().reports - after, 2);
}

TEST(PathState, AReportThatIsLostRaisesNoDoubt) {
  Pair pair;
  pair.pass(5s, &pair.server());
  for (int reports = pair.client().reports; reports == pair.client().reports;) {
    pair.client().reaches = false;
    pair.pass(20ms, &pair.server());
  }
  pair.client().reaches = true;
  for (int i = 0; i < 100; ++i) {
    pair.pass(20ms, &pair.server());
    EXPECT_EQ(Way::kDatagram, pair.server().path.way());
  }
}

TEST(PathState, TheDirectionThatIsBlockedMovesToTheStreamAndTheOtherStays) {
  Pair pair;
  pair.pass(5s, &pair.client());
  pair.client().reaches = false;
  pair.pass(2200ms, &pair.client());
  expect_ways(pair, Way::kStream, Way::kDatagram);
  pair.pass(3s, &pair.server());
  expect_ways(pair, Way::kStream, Way::kDatagram);
  EXPECT_GT(pair.client().reports, 10) << "by the stream, since nothing else arrives";
}

TEST(PathState, TheDirectionDownAlone) {
  Pair pair;
  pair.pass(5s, &pair.server());
  pair.server().reaches = false;
  pair.pass(2200ms, &pair.server());
  EXPECT_EQ(Way::kStream, pair.server().path.way());
}

TEST(PathState, ABlackoutEndsAndDatagramsAreUsedAgain) {
  Pair pair;
  pair.pass(5s, &pair.client());
  pair.client().reaches = pair.server().reaches = false;
  pair.pass(4s, &pair.client());
  EXPECT_EQ(Way::kStream, pair.client().path.way());
  pair.client().reaches = pair.server().reaches = true;
  pair.pass(20s, &pair.client());
  EXPECT_EQ(Way::kDatagram, pair.client().path.way());
  pair.pass(20s, &pair.server());
  EXPECT_EQ(Way::kDatagram, pair.server().path.way());
}

TEST(PathState, AShortBlackoutNeverClosesThePath) {
  Pair pair;
  pair.pass(5s, &pair.client());
  pair.client().reaches = false;
  pair.pass(1200ms, &pair.client());
  EXPECT_EQ(Way::kBoth, pair.client().path.way());
  pair.client().reaches = true;
  pair.pass(400ms, &pair.client());
  EXPECT_EQ(Way::kDatagram, pair.client().path.way());
}

}  // namespace
}  // namespace comcat::datagram
