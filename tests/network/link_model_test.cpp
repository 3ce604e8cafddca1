#include "support/link_model.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using base::Time;

constexpr int kMany = 20'000;
constexpr std::size_t kBytes = 100;

LinkModel model(const LinkConditions& conditions, std::uint64_t seed = 1) {
  LinkModel made(seed);
  made.set(conditions);
  return made;
}

/// Which of many packets, one each millisecond, were lost.
std::vector<bool> losses(LinkModel link) {
  std::vector<bool> out;
  for (int i = 0; i < kMany; ++i) out.push_back(!link.enter(kBytes, true, Time(i * 1ms)).arrives);
  return out;
}

double share(const std::vector<bool>& lost) {
  return static_cast<double>(std::count(lost.begin(), lost.end(), true)) / kMany;
}

double mean_burst(const std::vector<bool>& lost) {
  double bursts = lost[0] ? 1 : 0;
  for (std::size_t i = 1; i < lost.size(); ++i) bursts += lost[i] && !lost[i - 1] ? 1 : 0;
  return share(lost) * kMany / bursts;
}

TEST(LinkModel, IsPerfectUntilToldOtherwise) {
  LinkModel link(1);
  for (int i = 0; i < kMany; ++i) {
    const LinkModel::Fate fate = link.enter(kBytes, true, Time(i * 1ms));
    ASSERT_EQ(Time(i * 1ms), fate.arrives);
    ASSERT_FALSE(fate.arrives_again);
  }
  EXPECT_EQ(0U, link.counts().lost);
}

TEST(LinkModel, LosesTheShareThatItIsTold) {
  const std::vector<bool> lost = losses(model({.loss = 0.05}));
  EXPECT_NEAR(0.05, share(lost), 0.01);
  EXPECT_NEAR(1.05, mean_burst(lost), 0.05);
}

TEST(LinkModel, LosesInBurstsOfTheMeanLengthThatItIsTold) {
  const std::vector<bool> lost = losses(model({.loss = 0.05, .burst = 4}));
  EXPECT_NEAR(0.05, share(lost), 0.01);
  EXPECT_NEAR(4, mean_burst(lost), 0.6);
}

TEST(LinkModel, LosesAllOrAllUdpWhereNothingPasses) {
  EXPECT_EQ(1, share(losses(model({.loss = 1}))));
  EXPECT_EQ(1, share(losses(model({.passes = LinkConditions::Passes::kNothing}))));
  LinkModel link = model({.passes = LinkConditions::Passes::kAllButUdp});
  EXPECT_FALSE(link.enter(kBytes, /*udp=*/true, Time()).arrives);
  EXPECT_TRUE(link.enter(kBytes, /*udp=*/false, Time()).arrives);
}

TEST(LinkModel, DoesTheSameAgainForTheSameSeedAndOtherThingsForAnother) {
  const LinkConditions conditions{.loss = 0.05, .burst = 2};
  EXPECT_EQ(losses(model(conditions, 7)), losses(model(conditions, 7)));
  EXPECT_NE(losses(model(conditions, 7)), losses(model(conditions, 8)));
}

TEST(LinkModel, DelaysUnevenlyAndLetsNothingOvertake) {
  LinkModel link = model({.delay = 25ms, .jitter = 10ms});
  Time last;
  for (int i = 0; i < kMany; ++i) {
    const Time now(i * 1ms);
    const Time arrives = *link.enter(kBytes, true, now).arrives;
    EXPECT_GE(arrives - now, 25ms);
    EXPECT_LE(arrives - now, 35ms);
    EXPECT_GE(arrives, last);
    last = arrives;
  }
}

TEST(LinkModel, HoldsBackTheShareThatIsReordered) {
  LinkModel link = model({.reordered = 0.1, .hold = 20ms});
  int held = 0;
  for (int i = 0; i < kMany; ++i) {
    const Time arrives = *link.enter(kBytes, true, Time(i * 1ms)).arrives;
    held += arrives == Time(i * 1ms + 20ms) ? 1 : 0;
    ASSERT_TRUE(arrives == Time(i * 1ms) || arrives == Time(i * 1ms + 20ms));
  }
  EXPECT_NEAR(0.1, held / double{kMany}, 0.01);
}

TEST(LinkModel, DuplicatesTheShareThatItIsTold) {
  LinkModel link = model({.duplicated = 0.1});
  for (int i = 0; i < kMany; ++i) std::ignore = link.enter(kBytes, true, Time(i * 1ms));
  EXPECT_NEAR(0.1, static_cast<double>(link.counts().duplicated) / kMany, 0.01);
}

TEST(LinkModel, SendsAtItsRateAndLosesWhatTheQueueHasNoRoomFor) {
  // 1000 bytes take 80 ms.
  LinkModel link = model({.bits_per_second = 100'000, .queue = 100ms});
  EXPECT_EQ(Time(80ms), link.enter(1000, true, Time()).arrives);
  EXPECT_EQ(Time(160ms), link.enter(1000, true, Time()).arrives);
  EXPECT_FALSE(link.enter(1000, true, Time()).arrives) << "it would wait for 160 ms";
  EXPECT_EQ(Time(240ms), link.enter(1000, true, Time(100ms)).arrives);
}

}  // namespace
}  // namespace comcat::testing
