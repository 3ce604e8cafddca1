// What a person reads when many come.

#include "client/gathered_joins.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

TEST(GatheredJoins, TheFirstFewAreToldAsTheyComeAndTheOthersInOneLine) {
  GatheredJoins joins;
  base::Time now{1h};
  for (const char* const name : {"an", "binh", "chi"}) EXPECT_TRUE(joins.offer(name, now));
  EXPECT_EQ(base::Time::max(), joins.next_deadline());
  EXPECT_FALSE(joins.take());
  for (int i = 1; i <= 12; ++i) {
    EXPECT_FALSE(joins.offer("guest-" + std::to_string(i), now + 500ms));
  }
  EXPECT_EQ(now + 1500ms, joins.next_deadline());
  const std::string line = joins.take().value_or("");
  EXPECT_TRUE(line.starts_with("guest-1, guest-2, ")) << line;
  EXPECT_TRUE(line.ends_with(", guest-10 and 2 more joined")) << line;
  EXPECT_EQ(base::Time::max(), joins.next_deadline());
}

TEST(GatheredJoins, WhoComesLaterIsToldAtOnce) {
  GatheredJoins joins;
  for (int second = 0; second < 20; ++second) {
    EXPECT_TRUE(joins.offer("an", base::Time{1h} + std::chrono::seconds(second)));
  }
}

}  // namespace
}  // namespace comcat::client
