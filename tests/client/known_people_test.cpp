#include "comcat/client/known_people.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

wire::Member person(const std::string& name, const std::string& device = "", bool claimed = false) {
  wire::Member out;
  out.name = name;
  out.about.device = device;
  out.about.claimed = claimed;
  return out;
}

TEST(KnownPeople, AreHeardAsSentUntilTheUserWantsOtherwise) {
  KnownPeople people({});
  EXPECT_FLOAT_EQ(1.0F, people.gain(person("an")));
  people.set_volume("an", nullptr, 50);
  EXPECT_FLOAT_EQ(0.5F, people.gain(person("AN")));
  people.set_ignored("an", nullptr, true);
  EXPECT_FLOAT_EQ(0.0F, people.gain(person("an")));
  people.set_ignored("an", nullptr, false);
  EXPECT_FLOAT_EQ(0.5F, people.gain(person("an")));
  people.set_volume("an", nullptr, 100);
  EXPECT_TRUE(people.all().empty());
}

TEST(KnownPeople, WhoAreIgnoredAreSoUnderAnyNameOnTheirDevice) {
  KnownPeople people({});
  const wire::Member an = person("an", "key:1");
  people.set_ignored("an", &an, true);
  EXPECT_TRUE(people.is_ignored(person("somebody else", "key:1")));
  EXPECT_FALSE(people.is_ignored(person("an", "key:2"))) << "who has the name by chance";
  EXPECT_TRUE(people.is_ignored(person("an", "key:2", /*claimed=*/true)))
      << "whose it is, on another device";
  const wire::Member renamed = person("somebody else", "key:1");
  people.set_ignored("somebody else", &renamed, false);
  EXPECT_FALSE(people.is_ignored(an));
}

TEST(KnownPeople, OfOneDeviceAreHeardEachAsTheUserWants) {
  KnownPeople people({});
  const wire::Member an = person("an", "key:1");
  people.set_volume("an", &an, 50);
  EXPECT_FLOAT_EQ(0.5F, people.gain(an));
  EXPECT_FLOAT_EQ(1.0F, people.gain(person("announcer", "key:1")));
  EXPECT_FLOAT_EQ(1.0F, people.gain(person("an", "key:2"))) << "another person of that name";
}

TEST(KnownPeople, WhoWereKnownByTheirNameAreSoOnAnyDevice) {
  KnownPeople people({{"an", "", 100, true}});
  EXPECT_TRUE(people.is_ignored(person("an", "key:1")));
  EXPECT_TRUE(people.is_ignored("An"));
  EXPECT_FALSE(people.is_ignored("bo"));
}

TEST(KnownPeople, AreNotMoreThanAFileHolds) {
  KnownPeople people({});
  for (std::size_t i = 0; i <= ServerMemory::kMaxPeople; ++i) {
    people.set_volume("p" + std::to_string(i), nullptr, 50);
  }
  EXPECT_EQ(ServerMemory::kMaxPeople, people.all().size());
  EXPECT_EQ("p1", people.all().front().name);
}

}  // namespace
}  // namespace comcat::client
