#include "comcat/playout/arrivals.h"

#include <utility>

#include <gtest/gtest.h>

namespace comcat::playout {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// A speaker whose packets of 20 ms come at once, but for what a test says.
class Speaking {
 public:
  /// `number` packets were sent before this one.
  void arrive(std::int64_t number, std::chrono::milliseconds late = 0ms, bool carries_fec = false) {
    const JitterBuffer::Arrived packet{
        .sequence = number, .timestamp = number * 960 + paused_samples_, .samples = 960};
    const base::Time sent{20ms * number + std::chrono::milliseconds(paused_samples_ / 48)};
    arrivals.insert(packet, {.first = std::exchange(first_, false), .carries_fec = carries_fec},
                    sent + late);
  }
  void pause(std::chrono::milliseconds duration) { paused_samples_ += duration.count() * 48; }

  Arrivals arrivals{PlayoutOptions{}};

 private:
  std::int64_t paused_samples_ = 0;
  bool first_ = true;
};

TEST(Arrivals, APromptNetworkIsHardlyWaitedFor) {
  Speaking an;
  for (int n = 0; n < 500; ++n) an.arrive(n);
  EXPECT_LE(an.arrivals.delays().target(), 15ms);
}

TEST(Arrivals, APacketThatIsLateInASpurtIsWaitedFor) {
  Speaking an;
  for (int n = 0; n < 1000; ++n) an.arrive(n, n % 5 == 0 ? 60ms : 0ms);
  EXPECT_GE(an.arrivals.delays().target(), 50ms);
}

TEST(Arrivals, TheFirstPacketAfterAPauseIsWaitedForLess) {
  Speaking an;
  for (int n = 0; n < 1000; ++n) {
    if (n % 5 == 0) an.pause(300ms);
    an.arrive(n, n % 5 == 0 ? 60ms : 0ms);
  }
  EXPECT_LT(an.arrivals.delays().target(), 50ms) << "it sets the pace of its spurt";
}

TEST(Arrivals, ALostPacketIsNoPause) {
  Speaking an;
  for (int n = 0; n < 1000; ++n) {
    if (n % 5 != 4) an.arrive(n, n % 5 == 0 ? 60ms : 0ms);
  }
  EXPECT_GE(an.arrivals.delays().target(), 50ms);
}

TEST(Arrivals, ALostPacketIsWaitedForWhereTheNextOneCarriesIt) {
  for (const bool fec : {false, true}) {
    Speaking an;
    for (int n = 0; n < 1500; ++n) {
      if (n % 30 != 29) an.arrive(n, 0ms, fec);
    }
    EXPECT_EQ(fec, an.arrivals.delays().target() >= 20ms);
  }
}

TEST(Arrivals, APauseIsNothingToBeReplaced) {
  Speaking an;
  for (int n = 0; n < 1500; ++n) {
    if (n % 30 == 29) an.pause(100ms);
    if (n % 30 != 29) an.arrive(n, 0ms, true);
  }
  EXPECT_LT(an.arrivals.delays().target(), 20ms);
}

TEST(Arrivals, ASenderThatStartsAgainIsLearnedAnew) {
  Speaking an;
  const Micros before = an.arrivals.delays().target();
  for (int n = 0; n < 1000; ++n) an.arrive(n, n % 5 == 0 ? 60ms : 0ms);
  EXPECT_NE(before, an.arrivals.delays().target());
  an.arrivals.restart();
  EXPECT_EQ(before, an.arrivals.delays().target());
  EXPECT_EQ(0, an.arrivals.drift_ppm());
}

}  // namespace
}  // namespace comcat::playout
