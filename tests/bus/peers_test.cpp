#include "comcat/bus/peers.h"

#include <gtest/gtest.h>

namespace comcat::bus {
namespace {

using std::chrono::milliseconds;

TEST(Peers, WhatComesIsCountedByTheNameOfItsSenderOverItsRestarts) {
  Peers peers;
  peers.name(1, "b");
  peers.count(1, 100, milliseconds(2));
  peers.forget(1);
  peers.count(1, 100, milliseconds(2));  // it is gone
  peers.name(2, "b");
  peers.count(2, 50, milliseconds(3));
  peers.count_late(2);
  const auto all = peers.all();
  ASSERT_EQ(1U, all.size());
  EXPECT_EQ(2U, all.at("b").messages);
  EXPECT_EQ(150U, all.at("b").bytes);
  EXPECT_EQ(1U, all.at("b").late);
  EXPECT_EQ(base::Duration(milliseconds(5)), all.at("b").age);
}

TEST(Peers, StrangersHaveNoFigures) {
  Peers peers;
  peers.count(9, 100, {});
  peers.count_late(9);
  EXPECT_TRUE(peers.all().empty());
}

TEST(Peers, OfMoreThanThereMayBeTheFurtherAreCountedTogether) {
  Peers peers;
  for (std::uint64_t i = 1; i <= 2 * Peers::kMost; ++i) {
    peers.name(i, "n" + std::to_string(i));
    peers.count(i, 1, {});
  }
  const auto all = peers.all();
  EXPECT_EQ(Peers::kMost + 1, all.size());
  EXPECT_EQ(Peers::kMost, all.at(Peers::kOthers).messages);
}

}  // namespace
}  // namespace comcat::bus
