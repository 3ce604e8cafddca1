#include "comcat/server/name_claims.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const std::string kLaptop(32, 'L');
const std::string kPhone(32, 'P');
const std::string kStranger(32, 'S');

class NameClaimsTest : public ::testing::Test {
 protected:
  [[nodiscard]] NameClaimOptions options() {
    NameClaimOptions out;
    out.keep = [this](const store::Claim& claim, const ClaimAsker& asker) {
      kept_.push_back(claim);
      asker_ = asker;
    };
    out.lift = [this](const std::string& name) { lifted_.push_back(name); };
    return out;
  }
  /// How whoever asks is answered, at once or by the keeper, who says `kept`.
  [[nodiscard]] absl::Status claim(const std::string& name, const std::string& device,
                                   const absl::Status& kept = absl::OkStatus()) {
    const auto at_once = claims_.claim(name, device, {7, 8}, wall_);
    if (at_once) return *at_once;
    EXPECT_EQ(7U, asker_.session);
    EXPECT_EQ(8U, asker_.trace_id);
    return claims_.settle(name, kept);
  }
  [[nodiscard]] absl::Status pair(const std::string& code, const std::string& device,
                                  const std::string& name = "an") {
    return claims_.pair(code, name, device, wall_, steady_);
  }
  [[nodiscard]] Holder holder(const std::string& device, const std::string& name = "an") {
    return claims_.holder(name, device, wall_);
  }

  std::vector<store::Claim> kept_;
  ClaimAsker asker_;
  std::vector<std::string> lifted_;
  store::WallTime wall_{1'795'000'000'000ms};
  base::Time steady_{1h};
  NameClaims claims_{options()};
};

TEST_F(NameClaimsTest, ANameIsNobodysUntilItIsClaimed) {
  EXPECT_EQ(Holder::kNobody, holder(kLaptop));
  ASSERT_TRUE(claim("An", kLaptop).ok());
  EXPECT_EQ(Holder::kThem, holder(kLaptop));
  EXPECT_EQ(Holder::kOthers, holder(kStranger));
  EXPECT_EQ(Holder::kOthers, holder("")) << "who has no key has no part in it";
  ASSERT_EQ(1U, kept_.size());
  EXPECT_EQ("An", kept_[0].name);
  EXPECT_THAT(kept_[0].keys, ElementsAre(kLaptop));
}

TEST_F(NameClaimsTest, AClaimAgainIsNoNews) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  EXPECT_TRUE(claim("AN", kLaptop).ok());
  EXPECT_EQ(1U, kept_.size());
  EXPECT_TRUE(absl::IsAlreadyExists(claim("an", kStranger)));
}

TEST_F(NameClaimsTest, AClaimIsNotAnsweredBeforeItIsKept) {
  EXPECT_FALSE(claims_.claim("an", kLaptop, {7, 8}, wall_));
  EXPECT_EQ(Holder::kOthers, holder(kStranger)) << "nobody else gets it meanwhile";
  EXPECT_FALSE(claims_.claim("an", kLaptop, {7, 9}, wall_)) << "no more than the first time";
  EXPECT_EQ(2U, kept_.size());
  EXPECT_TRUE(claims_.settle("an", absl::OkStatus()).ok());
  const auto again = claims_.claim("an", kLaptop, {7, 10}, wall_);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->ok());
}

TEST_F(NameClaimsTest, AClaimThatCannotBeKeptIsNone) {
  const absl::Status full = claim("an", kLaptop, absl::UnavailableError("the disk is full"));
  EXPECT_EQ("the name is not claimed, as the server cannot keep that (the disk is full); try again",
            full.message());
  EXPECT_EQ(Holder::kNobody, holder(kStranger));
  EXPECT_TRUE(claim("an", kLaptop).ok());
}

TEST_F(NameClaimsTest, AClaimThatWasKeptHoldsThoughItsUseCannotBe) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  EXPECT_EQ(Holder::kThem, claims_.enter("an", kLaptop, wall_ + 24h));
  EXPECT_FALSE(claims_.settle("an", absl::UnavailableError("the disk is full")).ok());
  EXPECT_EQ(Holder::kOthers, holder(kStranger));
}

TEST_F(NameClaimsTest, AClaimThatIsReleasedBeforeItIsKeptIsNone) {
  EXPECT_FALSE(claims_.claim("an", kLaptop, {7, 8}, wall_));
  EXPECT_TRUE(claims_.release("an", wall_));
  EXPECT_TRUE(absl::IsAborted(claims_.settle("an", absl::OkStatus())));
  EXPECT_EQ(Holder::kNobody, holder(kStranger));
}

TEST_F(NameClaimsTest, WithoutAKeyOrSomebodyWhoKeepsThemNothingIsClaimed) {
  EXPECT_TRUE(absl::IsFailedPrecondition(claim("an", "")));
  NameClaims none{NameClaimOptions{}};
  EXPECT_TRUE(
      absl::IsFailedPrecondition(none.claim("an", kLaptop, {}, wall_).value_or(absl::OkStatus())));
}

TEST_F(NameClaimsTest, ADeviceClaimsFiveNamesAndNoMore) {
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    EXPECT_TRUE(claim(name, kLaptop).ok());
  }
  EXPECT_TRUE(absl::IsResourceExhausted(claim("f", kLaptop)));
  EXPECT_TRUE(claim("f", kPhone).ok());
}

TEST_F(NameClaimsTest, WhatIsNotUsedFor90DaysIsFree) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  wall_ += NameClaims::kUnused;
  EXPECT_EQ(Holder::kOthers, holder(kStranger));
  wall_ += 1ms;
  EXPECT_EQ(Holder::kNobody, holder(kStranger));
  ASSERT_TRUE(claim("an", kStranger).ok());
  EXPECT_EQ(Holder::kOthers, holder(kLaptop));
  EXPECT_THAT(lifted_, ElementsAre("an"));
}

TEST_F(NameClaimsTest, WhoComesUsesItWhichIsKeptOnceADay) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  EXPECT_EQ(Holder::kThem, claims_.enter("an", kLaptop, wall_ + 1h));
  EXPECT_EQ(1U, kept_.size());
  EXPECT_EQ(Holder::kThem, claims_.enter("an", kLaptop, wall_ + 24h));
  ASSERT_EQ(2U, kept_.size());
  EXPECT_EQ(wall_ + 24h, kept_[1].used);
  EXPECT_EQ(Holder::kOthers, claims_.enter("an", kStranger, wall_ + 48h));
  EXPECT_EQ(2U, kept_.size());
}

TEST_F(NameClaimsTest, AnotherDeviceJoinsByACodeOnceAndWithin10Minutes) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  const auto code = claims_.make_code("an", kLaptop, wall_, steady_);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(10U, code->size());
  EXPECT_TRUE(absl::IsPermissionDenied(pair("aaaaaaaaaa", kPhone)));
  EXPECT_TRUE(absl::IsPermissionDenied(pair(*code, kPhone, "bo")));
  steady_ += NameClaims::kCodeLasts - 1s;
  EXPECT_TRUE(pair(*code, kPhone).ok());
  EXPECT_EQ(Holder::kThem, holder(kPhone));
  EXPECT_EQ(Holder::kThem, holder(kLaptop));
  EXPECT_THAT(kept_.back().keys, ElementsAre(kLaptop, kPhone));
  EXPECT_TRUE(absl::IsPermissionDenied(pair(*code, kStranger))) << "it has been used";
}

TEST_F(NameClaimsTest, ACodeIsOldAfter10MinutesAndWhenThereIsANewerOne) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  const auto first = claims_.make_code("an", kLaptop, wall_, steady_);
  const auto second = claims_.make_code("an", kLaptop, wall_, steady_);
  EXPECT_NE(*first, *second);
  EXPECT_FALSE(pair(*first, kPhone).ok());
  steady_ += NameClaims::kCodeLasts;
  EXPECT_FALSE(pair(*second, kPhone).ok());
}

TEST_F(NameClaimsTest, CodesAreForWhoHasTheName) {
  EXPECT_TRUE(
      absl::IsFailedPrecondition(claims_.make_code("an", kLaptop, wall_, steady_).status()));
  ASSERT_TRUE(claim("an", kLaptop).ok());
  EXPECT_FALSE(claims_.make_code("an", kStranger, wall_, steady_).ok());
  EXPECT_FALSE(pair("", kStranger).ok());
}

TEST_F(NameClaimsTest, WhatIsReleasedIsFree) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  EXPECT_TRUE(claims_.release("an", wall_));
  EXPECT_FALSE(claims_.release("an", wall_));
  EXPECT_EQ(Holder::kNobody, holder(kStranger));
  EXPECT_THAT(lifted_, ElementsAre("an"));
}

TEST_F(NameClaimsTest, WhatWasKeptHoldsAfterARestart) {
  NameClaimOptions again = options();
  again.known = {{"An", {kLaptop, kPhone}, wall_ - 24h}};
  NameClaims claims{again};
  EXPECT_EQ(Holder::kThem, claims.holder("an", kPhone, wall_));
  EXPECT_EQ(Holder::kOthers, claims.holder("an", kStranger, wall_));
}

}  // namespace
}  // namespace comcat::server
