#include "bus/age_meter.h"

#include <gtest/gtest.h>

namespace comcat::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A sender whose clock shows something else.
class Sender {
 public:
  explicit Sender(std::int64_t ahead_us) : ahead_us_(ahead_us) {}
  [[nodiscard]] std::int64_t stamp(base::Time now) const {
    return std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count() +
           ahead_us_;
  }

 private:
  std::int64_t ahead_us_;
};

const base::Time kStart{std::chrono::hours(10)};

TEST(AgeMeter, WhatComesAsFastAsEverHasNoAge) {
  AgeMeter ages;
  const Sender sender(-7'000'000'000);
  for (int i = 0; i < 100; ++i) {
    const base::Time sent = kStart + i * milliseconds(20);
    EXPECT_EQ(ages.age(1, sender.stamp(sent), sent + milliseconds(3)), milliseconds(0));
  }
}

TEST(AgeMeter, WhatWasHeldUpIsAsOldAsItWasHeldUp) {
  AgeMeter ages;
  const Sender sender(123'456'789);
  EXPECT_EQ(ages.age(1, sender.stamp(kStart), kStart + milliseconds(2)), milliseconds(0));
  EXPECT_EQ(ages.age(1, sender.stamp(kStart), kStart + milliseconds(302)), milliseconds(300));
}

TEST(AgeMeter, SendersHaveClocksOfTheirOwn) {
  AgeMeter ages;
  const Sender one(0);
  const Sender other(-50'000'000);
  EXPECT_EQ(ages.age(1, one.stamp(kStart), kStart), milliseconds(0));
  EXPECT_EQ(ages.age(2, other.stamp(kStart), kStart), milliseconds(0));
  EXPECT_EQ(ages.age(2, other.stamp(kStart), kStart + milliseconds(70)), milliseconds(70));
}

TEST(AgeMeter, AWayThatHasBecomeLongerIsTheWayAfterAMinute) {
  AgeMeter ages;
  const Sender sender(0);
  EXPECT_EQ(ages.age(1, sender.stamp(kStart), kStart), milliseconds(0));
  base::Duration age{};
  for (int second = 1; second <= 61; ++second) {
    const base::Time sent = kStart + seconds(second);
    age = ages.age(1, sender.stamp(sent), sent + milliseconds(40));
    if (second < 30) {
      EXPECT_EQ(age, milliseconds(40));
    }
  }
  EXPECT_EQ(age, milliseconds(0));
}

TEST(AgeMeter, WhoWasSilentForLongIsAsNew) {
  AgeMeter ages;
  const Sender sender(0);
  EXPECT_EQ(ages.age(1, sender.stamp(kStart), kStart), milliseconds(0));
  const base::Time later = kStart + std::chrono::minutes(10);
  EXPECT_EQ(ages.age(1, sender.stamp(later), later + milliseconds(40)), milliseconds(0));
}

TEST(AgeMeter, StampsThatAreNoneAreTooOldOrNew) {
  AgeMeter ages;
  for (const std::int64_t stamp : {INT64_MIN, INT64_MAX, std::int64_t{0}, std::int64_t{-1}}) {
    EXPECT_GE(ages.age(1, stamp, kStart), milliseconds(0));
  }
}

TEST(AgeMeter, ThousandsOfSendersTakeNoMoreMemoryThanAThousand) {
  AgeMeter ages;
  const Sender sender(0);
  for (std::uint64_t number = 1; number <= 3 * AgeMeter::kMost; ++number) {
    const base::Time now = kStart + milliseconds(number);
    EXPECT_EQ(ages.age(number, sender.stamp(now), now), milliseconds(0));
  }
  // The first is forgotten, and its next message is as fast as it is.
  EXPECT_EQ(ages.age(1, sender.stamp(kStart), kStart + seconds(9)), milliseconds(0));
}

}  // namespace
}  // namespace comcat::bus
