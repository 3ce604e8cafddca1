#include "bus/outbox.h"

#include <gtest/gtest.h>

namespace comcat::bus {
namespace {

using std::chrono::milliseconds;

const base::Time kNow{std::chrono::hours(1)};

TEST(Outbox, KeepsTheOrder) {
  Outbox outbox;
  for (const char* bytes : {"one", "two", "three"}) outbox.push({"s", bytes, kNow});
  for (const char* bytes : {"one", "two", "three"}) EXPECT_EQ(outbox.pop()->bytes, bytes);
  EXPECT_FALSE(outbox.pop());
}

TEST(Outbox, DropsWhatNobodyWantsAnyMoreAndNothingElse) {
  Outbox outbox;
  outbox.push({"s", "people", kNow + std::chrono::seconds(2)});
  outbox.push({"s", "voice", kNow + milliseconds(200)});
  EXPECT_EQ(outbox.expire(kNow + milliseconds(200)), 0);
  EXPECT_EQ(outbox.expire(kNow + milliseconds(201)), 1);
  EXPECT_EQ(outbox.pop()->bytes, "people");
  EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, TheOldestGoWhereTooMuchWaits) {
  Outbox outbox;
  const std::string half(Outbox::kMaxBytes / 2 - 10, 'x');
  EXPECT_EQ(outbox.push({"1", half, kNow}), 0);
  EXPECT_EQ(outbox.push({"2", half, kNow}), 0);
  EXPECT_EQ(outbox.push({"3", half, kNow}), 1);
  EXPECT_EQ(outbox.pop()->subject, "2");
  EXPECT_EQ(outbox.pop()->subject, "3");
}

}  // namespace
}  // namespace comcat::bus
