// Who people are.

#include <cstdlib>
#include <ctime>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class People : public InACall {
 protected:
  void SetUp() override {
    ASSERT_EQ(0, ::setenv("TZ", "UTC", /*overwrite=*/1));
    ::tzset();
  }
};

TEST_F(People, AreToldWhoTheyAreWhereSomebodyAsks) {
  wire::Member chi = member(3, "chi");
  chi.twin = 2;
  chi.about = {1'795'701'825'678, "key:9f86d081884c7d65", true, "comcat 1.2.3"};
  session_.on_event(wire::Joined{chi});
  EXPECT_THAT(world_.take_texts(), ElementsAre("chi (2) joined"));
  world_.talks = 3;
  type("who");
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room lobby: an (you), binh, chi (2)\n"
                                               "  chi (2): since 11-26 14:03, talking, claimed, "
                                               "key:9f86d081884c7d65, comcat 1.2.3"));
}

TEST_F(People, WhoseNameIsClaimedMeanwhileAreKnownBySoWithoutALine) {
  wire::Member binh = member(2, "binh");
  binh.about.claimed = true;
  session_.on_event(wire::MemberChanged{binh});
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  type("who");
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("binh: claimed")));
}

TEST_F(People, OneWhoClaimsANameIsToldWhatItMeans) {
  type("claim");
  answer();
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("the name an is held on example.org:50051 for this device; for others of "
                          "yours, type pair"));
  type("pair");
  answer(0, "abcdefghjk");
  ASSERT_EQ(1U, world_.shown.size());
  EXPECT_THAT(to_json(world_.shown[0]), HasSubstr(R"("code":"abcdefghjk")"));
  EXPECT_THAT(world_.take_texts(), ElementsAre(HasSubstr("--pair abcdefghjk")));
}

}  // namespace
}  // namespace comcat::client
