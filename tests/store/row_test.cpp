#include "comcat/store/row.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace comcat::store {
namespace {

constexpr std::int64_t kSomeTime = 1'795'000'000'000;

TEST(Row, OfOursIsTheTextThatWasKept) {
  const auto text = decode({7, kSomeTime, "an", "hello"});
  ASSERT_TRUE(text);
  EXPECT_EQ(7U, text->number);
  EXPECT_EQ(kSomeTime, text->time.time_since_epoch().count());
  EXPECT_EQ("an", text->name);
  EXPECT_EQ("hello", text->text);
}

TEST(Row, ThatSomebodyElseHasChangedIsNoText) {
  EXPECT_FALSE(decode({0, kSomeTime, "an", "hello"}));
  EXPECT_FALSE(decode({-1, kSomeTime, "an", "hello"}));
  EXPECT_FALSE(decode({7, -1, "an", "hello"}));
  EXPECT_FALSE(decode({7, INT64_MAX, "an", "hello"}));
  EXPECT_FALSE(decode({7, kSomeTime, "", "hello"}));
  EXPECT_FALSE(decode({7, kSomeTime, "an", ""}));
  EXPECT_FALSE(decode({7, kSomeTime, "an", "\033[2J"}));
  EXPECT_FALSE(decode({7, kSomeTime, "a\nn", "hello"}));
  EXPECT_FALSE(decode({7, kSomeTime, "an", std::string(2001, 'x')}));
}

}  // namespace
}  // namespace comcat::store
