#include "support/link_conditions.h"

#include <gtest/gtest.h>

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using Passes = LinkConditions::Passes;

TEST(LinkConditions, AreChangedByWords) {
  LinkConditions conditions;
  ASSERT_TRUE(change(conditions, "delay=25 jitter=2.5 loss=5 burst=4 reordered=1 hold=30").ok());
  ASSERT_TRUE(change(conditions, "duplicated=0.5 kbit=200 queue=100 passes=tcp").ok());
  EXPECT_EQ(25ms, conditions.delay);
  EXPECT_EQ(2500us, conditions.jitter);
  EXPECT_DOUBLE_EQ(0.05, conditions.loss);
  EXPECT_DOUBLE_EQ(4, conditions.burst);
  EXPECT_DOUBLE_EQ(0.01, conditions.reordered);
  EXPECT_EQ(30ms, conditions.hold);
  EXPECT_DOUBLE_EQ(0.005, conditions.duplicated);
  EXPECT_EQ(200'000U, conditions.bits_per_second);
  EXPECT_EQ(100ms, conditions.queue);
  EXPECT_EQ(Passes::kAllButUdp, conditions.passes);
}

TEST(LinkConditions, StayAsTheyWereWhereAWordMakesNoSense) {
  for (const char* words : {"delay=25 lsos=5", "delay", "loss=101", "delay=-1", "delay=nan",
                            "burst=0.5", "passes=some", "=", "kbit=1e9"}) {
    LinkConditions conditions;
    EXPECT_FALSE(change(conditions, words).ok()) << words;
    EXPECT_EQ(0ms, conditions.delay) << words;
  }
}

}  // namespace
}  // namespace comcat::testing
