#include "comcat/cluster/record_exchange.h"

#include <gtest/gtest.h>

#include "comcat/cluster/digest.h"

namespace comcat::cluster {
namespace {

using std::chrono::seconds;

constexpr base::Time kNow{std::chrono::hours(1)};

TEST(RecordExchange, WhoIsNewAndHasOthersIsAskedAtOnce) {
  RecordExchange exchange;
  EXPECT_TRUE(exchange.hear(1, 7, 8, kNow));
  EXPECT_FALSE(exchange.hear(2, 8, 8, kNow));
}

TEST(RecordExchange, WhoIsKnownIsAskedWhenItDiffersTwice) {
  RecordExchange exchange;
  EXPECT_FALSE(exchange.hear(1, 8, 8, kNow));
  EXPECT_FALSE(exchange.hear(1, 9, 8, kNow + seconds(1)));  // the change may be on its way
  EXPECT_TRUE(exchange.hear(1, 9, 8, kNow + seconds(2)));
}

TEST(RecordExchange, WhereAskingDoesNotHelpItIsDoneLessAndLess) {
  RecordExchange exchange;
  int asked = 0;
  for (int second = 0; second < 600; ++second) {
    if (exchange.hear(1, 7, 8, kNow + seconds(second))) ++asked;
  }
  EXPECT_LE(asked, 16);
  EXPECT_GE(asked, 8);
}

TEST(RecordExchange, OneThatAsksOftenIsAnsweredOnceASecond) {
  RecordExchange exchange;
  EXPECT_TRUE(exchange.may_answer(1, kNow));
  EXPECT_FALSE(exchange.may_answer(1, kNow + std::chrono::milliseconds(500)));
  EXPECT_TRUE(exchange.may_answer(1, kNow + seconds(1)));
}

TEST(Digest, IsTheSameForTheSameRecordsInWhateverOrderTheyCame) {
  Digest one;
  Digest other;
  EXPECT_EQ(0U, one.whole());
  for (const char* const key : {"a", "b", "c"}) one.toggle(key, "content");
  for (const char* const key : {"c", "a", "b"}) other.toggle(key, "content");
  EXPECT_EQ(one.whole(), other.whole());
  other.toggle("a", "content");
  EXPECT_NE(one.whole(), other.whole());
  EXPECT_NE(one.buckets()[Digest::bucket_of("a")], other.buckets()[Digest::bucket_of("a")]);
  other.toggle("a", "other content");
  EXPECT_NE(one.whole(), other.whole());
}

}  // namespace
}  // namespace comcat::cluster
