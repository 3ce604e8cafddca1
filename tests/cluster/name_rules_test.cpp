#include "comcat/cluster/name_rules.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace comcat::cluster {
namespace {

Person person(wire::SessionNumber session, std::uint32_t twin = 0, bool claimed = false) {
  wire::Resident who;
  who.member.session = session;
  who.member.name = "an";
  who.member.twin = twin;
  who.member.about.claimed = claimed;
  who.named_ms = session;
  return make_person(who);
}

TEST(NameRules, ANameThatNobodyHasIsFree) {
  EXPECT_EQ(0U, free_place(person(1), {}).value());
  const Person self = person(1);
  EXPECT_EQ(0U, free_place(person(1), {&self}).value());
}

TEST(NameRules, ANameThatAnotherHasIsTaken) {
  const Person other = person(2);
  EXPECT_TRUE(absl::IsAlreadyExists(free_place(person(1), {&other}).status()));
  EXPECT_TRUE(absl::IsAlreadyExists(free_place(person(1, 0, true), {&other}).status()));
}

TEST(NameRules, ThoseOfWhomAClaimHoldsTheNameGetNumbersUpToNine) {
  std::vector<Person> twins;
  for (std::uint32_t i = 0; i < kMaxTwins; ++i) {
    std::vector<const Person*> others;
    for (const Person& twin : twins) others.push_back(&twin);
    const std::uint32_t place = free_place(person(100 + i, 0, true), others).value();
    EXPECT_EQ(i == 0 ? 0 : i + 1, place);
    twins.push_back(person(100 + i, place, true));
  }
  std::vector<const Person*> others;
  for (const Person& twin : twins) others.push_back(&twin);
  EXPECT_FALSE(free_place(person(1, 0, true), others).ok());
}

TEST(NameRules, WhoYieldsTakesTheLowestNumberThatNobodyHas) {
  const Person first = person(1);
  const Person third = person(3, 2);
  EXPECT_EQ(3U, next_place(person(2), {&first, &third}));
  EXPECT_EQ(2U, next_place(person(2), {&first}));
}

TEST(NameRules, OneIsOnesFormerSelfByNameAndDeviceOnceThatIsAway) {
  Person away = person(1);
  Person now = person(2);
  away.resident.member.away = true;
  EXPECT_FALSE(is_former_self(away, now));  // no device was shown
  away.resident.member.about.device = now.resident.member.about.device = "key:1";
  EXPECT_TRUE(is_former_self(away, now));
  EXPECT_EQ(0U, free_place(now, {&away}).value());
  now.resident.member.about.device = "key:2";
  EXPECT_FALSE(is_former_self(away, now));
  away.resident.member.away = false;
  now.resident.member.about.device = "key:1";
  EXPECT_FALSE(is_former_self(away, now));
}

TEST(NameRules, TheOlderIsWhoTookTheNameFirst) {
  EXPECT_TRUE(person(1).is_older_than(person(2)));
  EXPECT_FALSE(person(2).is_older_than(person(1)));
}

}  // namespace
}  // namespace comcat::cluster
