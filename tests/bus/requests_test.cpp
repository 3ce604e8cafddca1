#include "bus/requests.h"

#include <gtest/gtest.h>

namespace comcat::bus {
namespace {

using std::chrono::milliseconds;

const base::Time kNow{std::chrono::hours(1)};

TEST(Requests, AnAnswerIsTakenOnce) {
  Requests requests;
  int answers = 0;
  const auto number = requests.add([&](const auto& answer) { answers += answer.ok(); }, kNow).first;
  const auto on_answer = requests.take(number);
  ASSERT_TRUE(on_answer);
  on_answer(std::string("yes"));
  EXPECT_FALSE(requests.take(number));
  EXPECT_EQ(answers, 1);
}

TEST(Requests, EndWhenTheirTimeIsOver) {
  Requests requests;
  const auto ignore = [](const auto&) {};
  const auto late = requests.add(ignore, kNow + milliseconds(50)).first;
  const auto soon = requests.add(ignore, kNow + milliseconds(20)).first;
  EXPECT_EQ(requests.next_deadline(), kNow + milliseconds(20));
  EXPECT_TRUE(requests.expire(kNow + milliseconds(19)).empty());
  EXPECT_EQ(requests.expire(kNow + milliseconds(20)).size(), 1);
  EXPECT_FALSE(requests.take(soon));
  EXPECT_TRUE(requests.take(late));
  EXPECT_EQ(requests.next_deadline(), base::Time::max());
}

TEST(Requests, TheOldestOfTooManyGoes) {
  Requests requests;
  const auto ignore = [](const auto&) {};
  const auto first = requests.add(ignore, kNow).first;
  for (std::size_t i = 1; i < Requests::kMost; ++i) EXPECT_FALSE(requests.add(ignore, kNow).second);
  EXPECT_TRUE(requests.add(ignore, kNow).second);
  EXPECT_FALSE(requests.take(first));
}

}  // namespace
}  // namespace comcat::bus
