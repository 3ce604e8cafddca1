#include "comcat/server/conduct.h"

#include <tuple>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Measure = Excess::Measure;

constexpr base::Time kStart{seconds(1000)};
constexpr std::size_t kFrameBytes = 80;

/// Somebody who sends, and the time at which.
class Sender {
 public:
  Excess speak(std::size_t bytes = kFrameBytes) {
    conduct.forgive(now);
    return conduct.count_voice(bytes, now);
  }
  Excess command() {
    conduct.forgive(now);
    return conduct.count_command("commands", now);
  }

  ConductLimits limits;
  Conduct conduct{limits};
  base::Time now = kStart;
};

TEST(Conduct, WhoKeepsToTheLimitsIsLeftAlone) {
  Sender an;
  for (int i = 0; i < 10'000; ++i, an.now += milliseconds(4)) {
    ASSERT_FALSE(an.speak().any());
    ASSERT_FALSE(i % 25 == 0 && an.command().any());
  }
  EXPECT_LE(an.conduct.read_after(), an.now);
}

TEST(Conduct, TheFirstThatIsTooMuchIsReadLaterAndHeard) {
  Sender an;
  while (!an.speak().any()) {
  }
  EXPECT_GT(an.conduct.read_after(), an.now);
  EXPECT_LE(an.conduct.read_after() - an.now, milliseconds(5));
  EXPECT_FALSE(an.conduct.is_silenced(an.now));
}

TEST(Conduct, AFloodIsSilencedThenWarnedOfOnceAndEnds) {
  Sender an;
  const auto since = [&] { return an.now - kStart; };
  for (; !an.conduct.is_silenced(an.now); an.now += milliseconds(1)) {
    ASSERT_NE(Measure::kWarn, an.speak().measure);
  }
  EXPECT_GE(since(), an.limits.flood_silence);
  for (; an.speak().measure != Measure::kWarn; an.now += milliseconds(1)) {
    ASSERT_LT(since(), seconds(2));
  }
  EXPECT_GE(since(), an.limits.flood_notice);
  for (Measure next = Measure::kNone; next != Measure::kDisconnect; an.now += milliseconds(1)) {
    next = an.speak().measure;
    ASSERT_NE(Measure::kWarn, next);
    ASSERT_LT(since(), seconds(6));
  }
  EXPECT_GE(since(), an.limits.flood_notice + an.limits.flood_grace);
}

TEST(Conduct, WhoPausesIsForgivenAndWarnedAnew) {
  Sender an;
  const auto flood = [&] {
    while (an.speak().measure != Measure::kWarn) an.now += milliseconds(1);
  };
  flood();
  an.now += seconds(60);
  EXPECT_FALSE(an.speak().any());
  EXPECT_FALSE(an.conduct.is_silenced(an.now));
  const base::Time again = an.now;
  flood();
  EXPECT_GE(an.now - again, an.limits.flood_notice);
}

TEST(Conduct, NobodyIsDisconnectedWithoutAWarningBefore) {
  // Too much now and then, never quiet for long enough to be forgiven.
  Sender an;
  while (!an.speak().any()) {
  }
  an.now += an.limits.flood_notice + an.limits.flood_grace + seconds(1);
  EXPECT_EQ(Measure::kWarn, an.conduct.count_voice(200'000, an.now).measure);
  EXPECT_EQ(Measure::kDisconnect, an.conduct.count_voice(200'000, an.now).measure);
}

TEST(Conduct, SaysWhatThereWasTooMuchOf) {
  Sender frames;
  Excess excess;
  while (!excess.any()) excess = frames.speak(1);
  EXPECT_EQ("frames", excess.what);
  Sender bytes;
  EXPECT_EQ("bytes", bytes.speak(60'000).what);
  Sender commands;
  for (excess = {}; !excess.any();) excess = commands.command();
  EXPECT_EQ("commands", excess.what);
}

TEST(Conduct, RepeatedPacketsAreNoFramesButBytesHoweverShortTheyAre) {
  Sender an;
  for (int i = 0; i < 2000; ++i, an.now += std::chrono::microseconds(2500)) {
    ASSERT_FALSE(an.speak(20).any());
    ASSERT_FALSE(an.conduct.count_repeated(20, an.now).any());
  }
  Excess excess;
  for (int i = 0; i < 100 && !excess.any(); ++i) excess = an.conduct.count_repeated(1, an.now);
  EXPECT_EQ("bytes", excess.what);
}

TEST(Conduct, CommandsAndVoiceAreHeldAgainstTheirOwnLimits) {
  Sender an;
  while (!an.command().any()) {
  }
  an.now = an.conduct.read_after() + an.limits.flood_silence;
  std::ignore = an.command();
  EXPECT_FALSE(an.speak().any());
  EXPECT_FALSE(an.conduct.is_silenced(an.now));
}

}  // namespace
}  // namespace comcat::server
