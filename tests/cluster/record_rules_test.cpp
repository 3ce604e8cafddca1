#include "comcat/cluster/record_rules.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace comcat::cluster {
namespace {

constexpr std::size_t kMaxKeys = 4;

wire::BanRecord ban(std::uint64_t changed, bool lifted, std::uint64_t kept = 0) {
  return {"192.0.2.1", "an", "", "bo", kept, changed, lifted, kept};
}

wire::ClaimRecord claim(const std::string& key, std::uint64_t claimed, std::uint64_t released = 0) {
  return {"an", {key}, claimed, claimed, released};
}

wire::ClaimRecord both(const wire::ClaimRecord& one, const wire::ClaimRecord& other) {
  return cluster::merged(one, other, kMaxKeys);
}

TEST(BanRecords, OfTwoTheLaterHolds) {
  EXPECT_TRUE(merged(ban(1, false), ban(2, true)).lifted);
  EXPECT_FALSE(merged(ban(3, false), ban(2, true)).lifted);
}

TEST(BanRecords, AShorterBanInPlaceOfALongerIsRememberedAsLongAsThat) {
  EXPECT_EQ(900U, merged(ban(1, false, 900), ban(2, false, 100)).kept_ms);
  EXPECT_EQ(100U, merged(ban(1, false, 900), ban(2, false, 100)).until_ms);
  EXPECT_EQ(0U, merged(ban(1, false, 0), ban(2, false, 100)).kept_ms);
}

TEST(ClaimRecords, OfTwoTheOlderHoldsAndOfTwoAtOnceThatOfTheLowerKey) {
  EXPECT_EQ("b", both(claim("b", 1), claim("a", 2)).keys.front());
  EXPECT_EQ("a", both(claim("b", 2), claim("a", 2)).keys.front());
}

TEST(ClaimRecords, WhatIsReleasedIsSoForWhoeverClaimedBeforeAndNotAfter) {
  const wire::ClaimRecord released{"an", {}, 0, 0, 5};
  EXPECT_TRUE(both(claim("a", 5), released).keys.empty());
  EXPECT_EQ("b", both(both(claim("a", 5), released), claim("b", 6, 5)).keys.front());
  EXPECT_EQ("b", both(claim("b", 6, 5), claim("a", 1)).keys.front());
}

TEST(ClaimRecords, DevicesThatJoinedAtTwoNodesAreBothTheClaims) {
  wire::ClaimRecord one = claim("m", 1);
  wire::ClaimRecord other = one;
  one.keys.push_back("x");
  other.keys.push_back("b");
  const wire::ClaimRecord together = both(one, other);
  EXPECT_EQ((std::vector<std::string>{"m", "b", "x"}), together.keys);
  EXPECT_EQ(content_of(together), content_of(both(other, one)));
}

/// Whatever is known where, and in whichever order it comes together: the same comes of it.
template <typename Record, typename Make, typename Merge>
void expect_order_does_not_matter(const Make& make, const Merge& merge) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20'000; ++round) {
    const Record a = make(random);
    const Record b = make(random);
    const Record c = make(random);
    ASSERT_EQ(content_of(merge(a, b)), content_of(merge(b, a)));
    ASSERT_EQ(content_of(merge(merge(a, b), c)), content_of(merge(a, merge(b, c))));
    ASSERT_EQ(content_of(merge(a, a)), content_of(a));
    ASSERT_EQ(content_of(merge(merge(a, b), b)), content_of(merge(a, b)));
  }
}

TEST(BanRecords, TheOrderInWhichTheyComeDoesNotMatter) {
  expect_order_does_not_matter<wire::BanRecord>(
      [](std::mt19937_64& random) {
        wire::BanRecord it = ban(random() % 4, random() % 2 == 0, random() % 3);
        it.until_ms = it.lifted ? 0 : it.kept_ms;
        it.by = random() % 2 == 0 ? "bo" : "cy";
        return it;
      },
      [](const wire::BanRecord& one, const wire::BanRecord& other) { return merged(one, other); });
}

TEST(MuteRecords, OfTwoTheLaterHoldsAndTheOrderInWhichTheyComeDoesNotMatter) {
  const auto merge = [](const wire::MuteRecord& one, const wire::MuteRecord& other) {
    return merged(one, other);
  };
  EXPECT_FALSE(merge({"d", 1, true}, {"d", 2, false}).muted);
  EXPECT_TRUE(merge({"d", 3, true}, {"d", 2, false}).muted);
  expect_order_does_not_matter<wire::MuteRecord>(
      [](std::mt19937_64& random) {
        return wire::MuteRecord{"d", random() % 4, random() % 2 == 0};
      },
      merge);
}

TEST(ClaimRecords, TheOrderInWhichTheyComeDoesNotMatter) {
  expect_order_does_not_matter<wire::ClaimRecord>(
      [](std::mt19937_64& random) {
        const std::uint64_t released = random() % 3;
        const std::string first(1, static_cast<char>('a' + random() % 3));
        wire::ClaimRecord it = claim(first, released + 1 + random() % 3, released);
        for (std::size_t i = random() % kMaxKeys; i > 0; --i) {
          it.keys.push_back(std::string(1, static_cast<char>('k' + random() % 8)) + first);
        }
        std::sort(it.keys.begin() + 1, it.keys.end());
        it.keys.erase(std::unique(it.keys.begin() + 1, it.keys.end()), it.keys.end());
        if (released > 0 && random() % 3 == 0) it = {"an", {}, 0, 0, released};
        return it;
      },
      [](const wire::ClaimRecord& one, const wire::ClaimRecord& other) {
        return both(one, other);
      });
}

}  // namespace
}  // namespace comcat::cluster
