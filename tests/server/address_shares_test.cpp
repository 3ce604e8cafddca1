#include "server/address_shares.h"

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using Shares = AddressShares<int>;

TEST(AddressShares, OneTooManyOfAnAddressTakesThePlaceOfItsOldest) {
  Shares shares({.in_all = 10, .per_address = 2});
  EXPECT_FALSE(shares.take("a", 1).made_room);
  EXPECT_FALSE(shares.take("a", 2).made_room);
  const Shares::Outcome third = shares.take("a", 3);
  EXPECT_TRUE(third.taken);
  EXPECT_EQ(1, third.made_room);
  EXPECT_EQ(2U, shares.size());
}

TEST(AddressShares, WhereAllAreTakenWhoHasMostLosesItsOldest) {
  Shares shares({.in_all = 4, .per_address = 3});
  for (const int one : {1, 2, 3}) ASSERT_TRUE(shares.take("a", one).taken);
  ASSERT_TRUE(shares.take("b", 4).taken);
  EXPECT_EQ(1, shares.take("c", 5).made_room);
  EXPECT_EQ(4U, shares.size());
}

TEST(AddressShares, WhoWouldThenHaveAsManyAsTheOthersIsOneTooMany) {
  Shares shares({.in_all = 2, .per_address = 2});
  ASSERT_TRUE(shares.take("a", 1).taken);
  ASSERT_TRUE(shares.take("b", 2).taken);
  const Shares::Outcome late = shares.take("c", 3);
  EXPECT_FALSE(late.taken || late.made_room);
  shares.give_back("a", 1);
  EXPECT_TRUE(shares.take("c", 3).taken);
}

TEST(AddressShares, WhoMadeRoomHasNothingToGiveBack) {
  Shares shares({.in_all = 10, .per_address = 1});
  ASSERT_TRUE(shares.take("a", 1).taken);
  ASSERT_EQ(1, shares.take("a", 2).made_room);
  shares.give_back("a", 1);
  shares.give_back("b", 2);
  EXPECT_EQ(1U, shares.size());
  shares.give_back("a", 2);
  EXPECT_EQ(0U, shares.size());
}

}  // namespace
}  // namespace comcat::server
