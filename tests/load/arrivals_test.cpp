#include "comcat/load/arrivals.h"

#include <gtest/gtest.h>

namespace comcat::load {
namespace {

using Kind = Arrivals::Kind;

TEST(Arrivals, WhatComesInOrderIsInOrder) {
  Arrivals arrivals;
  for (std::uint32_t serial = 7; serial < 200; ++serial) {
    EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, serial));
  }
}

TEST(Arrivals, AGapIsStillInOrder) {
  Arrivals arrivals;
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 1));
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 1000));
}

TEST(Arrivals, WhatComesTwiceIsADuplicate) {
  Arrivals arrivals;
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 5));
  EXPECT_EQ(Kind::kDuplicate, arrivals.arrived(1, 5));
}

TEST(Arrivals, WhatIsOvertakenIsReorderedOnceAndThenADuplicate) {
  Arrivals arrivals;
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 5));
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 8));
  EXPECT_EQ(Kind::kReordered, arrivals.arrived(1, 6));
  EXPECT_EQ(Kind::kDuplicate, arrivals.arrived(1, 6));
  EXPECT_EQ(Kind::kDuplicate, arrivals.arrived(1, 5));
}

TEST(Arrivals, WhatIsTooLongAgoToKnowIsReordered) {
  Arrivals arrivals;
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 100));
  EXPECT_EQ(Kind::kReordered, arrivals.arrived(1, 36));
  EXPECT_EQ(Kind::kReordered, arrivals.arrived(1, 37));
  EXPECT_EQ(Kind::kDuplicate, arrivals.arrived(1, 37));
}

TEST(Arrivals, SpeakersDoNotMix) {
  Arrivals arrivals;
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(1, 5));
  EXPECT_EQ(Kind::kInOrder, arrivals.arrived(2, 5));
}

}  // namespace
}  // namespace comcat::load
