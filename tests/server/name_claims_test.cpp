#include "comcat/server/name_claims.h"

#include <chrono>
#include <string>
#include <utility>
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
    out.keep = [this](const store::Claim& claim, Kept told) {
      kept_.push_back(claim);
      waiting_.push_back(std::move(told));
    };
    out.lift = [this](const std::string& name, Kept told) {
      lifted_.push_back(name);
      waiting_.push_back(std::move(told));
    };
    return out;
  }
  /// The keeper says how it went with all that it was given.
  void settle(const absl::Status& kept = absl::OkStatus()) {
    for (const Kept& told : std::exchange(waiting_, {})) {
      if (told) told(kept, steady_);
    }
  }
  /// Whoever waits for an answer.
  [[nodiscard]] Kept later() {
    return [this](const absl::Status& status, base::Time /*now*/) { answers_.push_back(status); };
  }
  /// How whoever asks is answered, at once or by the keeper, who says `kept`.
  [[nodiscard]] absl::Status claim(const std::string& name, const std::string& device,
                                   const absl::Status& kept = absl::OkStatus()) {
    const auto at_once = claims_.claim(name, device, wall_, later());
    if (at_once) return *at_once;
    settle(kept);
    return answers_.back();
  }
  [[nodiscard]] absl::Status pair(const std::string& code, const std::string& device,
                                  const std::string& name = "an",
                                  const absl::Status& kept = absl::OkStatus()) {
    const auto at_once = claims_.pair(code, name, device, wall_, steady_, later());
    if (at_once) return *at_once;
    EXPECT_NE(Holder::kThem, holder(device, name)) << "not before it is kept";
    settle(kept);
    return answers_.back();
  }
  [[nodiscard]] Holder holder(const std::string& device, const std::string& name = "an") {
    return claims_.holder(name, device, wall_);
  }

  std::vector<store::Claim> kept_;
  std::vector<Kept> waiting_;
  std::vector<absl::Status> answers_;
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
  EXPECT_FALSE(claims_.claim("an", kLaptop, wall_, later()));
  EXPECT_EQ(Holder::kOthers, holder(kStranger)) << "nobody else gets it meanwhile";
  EXPECT_FALSE(claims_.claim("an", kLaptop, wall_, later())) << "no more than the first time";
  EXPECT_EQ(2U, kept_.size());
  EXPECT_TRUE(answers_.empty());
  settle();
  EXPECT_THAT(answers_, ElementsAre(absl::OkStatus(), absl::OkStatus()));
  const auto again = claims_.claim("an", kLaptop, wall_, later());
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
  settle(absl::UnavailableError("the disk is full"));
  EXPECT_EQ(Holder::kOthers, holder(kStranger));
}

TEST_F(NameClaimsTest, AClaimThatIsReleasedBeforeItIsKeptIsNone) {
  EXPECT_FALSE(claims_.claim("an", kLaptop, wall_, later()));
  EXPECT_TRUE(claims_.release("an", wall_, {}));
  settle();
  EXPECT_TRUE(absl::IsAborted(answers_.at(0)));
  EXPECT_EQ(Holder::kNobody, holder(kStranger));
}

TEST_F(NameClaimsTest, AClaimThatIsReleasedAndSomebodyElsesBeforeItIsKeptIsTheirs) {
  EXPECT_FALSE(claims_.claim("an", kLaptop, wall_, later()));
  EXPECT_TRUE(claims_.release("an", wall_, {}));
  EXPECT_FALSE(claims_.claim("an", kPhone, wall_, later()));
  settle();
  EXPECT_TRUE(absl::IsAborted(answers_.at(0)));
  EXPECT_TRUE(answers_.at(1).ok());
  EXPECT_EQ(Holder::kThem, holder(kPhone));
}

TEST_F(NameClaimsTest, WithoutAKeyOrSomebodyWhoKeepsThemNothingIsClaimed) {
  EXPECT_TRUE(absl::IsFailedPrecondition(claim("an", "")));
  NameClaims none{NameClaimOptions{}};
  EXPECT_TRUE(absl::IsFailedPrecondition(
      none.claim("an", kLaptop, wall_, later()).value_or(absl::OkStatus())));
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
  EXPECT_TRUE(pair(*code, kPhone).ok()) << "is paired already";
}

TEST_F(NameClaimsTest, ADeviceThatCannotBeKeptIsNotPairedAndItsCodeIsGoodAsBefore) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  const auto code = claims_.make_code("an", kLaptop, wall_, steady_);
  const absl::Status full = pair(*code, kPhone, "an", absl::UnavailableError("the disk is full"));
  EXPECT_EQ(
      "the device is not paired, as the server cannot keep that (the disk is full); try again",
      full.message());
  EXPECT_EQ(Holder::kOthers, holder(kPhone));
  EXPECT_TRUE(pair(*code, kPhone).ok());
}

TEST_F(NameClaimsTest, TwoDevicesThatJoinBeforeEitherIsKeptAreBothKept) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  for (const std::string& device : {kPhone, kStranger}) {
    const auto code = claims_.make_code("an", kLaptop, wall_, steady_);
    EXPECT_FALSE(claims_.pair(*code, "an", device, wall_, steady_, later()));
  }
  EXPECT_THAT(kept_.back().keys, ElementsAre(kLaptop, kPhone, kStranger));
  EXPECT_EQ(Holder::kOthers, holder(kPhone));
  settle();
  EXPECT_EQ(Holder::kThem, holder(kPhone));
  EXPECT_EQ(Holder::kThem, holder(kStranger));
}

TEST_F(NameClaimsTest, ADeviceThatJoinsWhatIsReleasedMeanwhileIsTold) {
  ASSERT_TRUE(claim("an", kLaptop).ok());
  const auto code = claims_.make_code("an", kLaptop, wall_, steady_);
  EXPECT_FALSE(claims_.pair(*code, "an", kPhone, wall_, steady_, later()));
  EXPECT_TRUE(claims_.release("an", wall_, {}));
  settle();
  EXPECT_TRUE(absl::IsAborted(answers_.back()));
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
  EXPECT_TRUE(claims_.release("an", wall_, later()));
  EXPECT_EQ(Holder::kNobody, holder(kStranger)) << "at once";
  EXPECT_EQ(1U, answers_.size());
  settle();
  EXPECT_EQ(2U, answers_.size());
  EXPECT_FALSE(claims_.release("an", wall_, later()));
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
