#include "comcat/server/errands.h"

#include <optional>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using std::chrono::milliseconds;

struct Asked : ::testing::Test {
  std::uint64_t ask(const std::vector<wire::NodeNumber>& nodes) {
    return errands.add(
        nodes, [this](const Errands::Result& it, base::Time /*at*/) { result = it; }, now);
  }
  Errands errands;
  base::Time now{std::chrono::hours(1)};
  std::optional<Errands::Result> result;
};

TEST_F(Asked, IsAnsweredOnceAllHaveAnswered) {
  const std::uint64_t id = ask({1, 2});
  EXPECT_TRUE(errands.take(1, wire::Answered{id}, now));
  EXPECT_FALSE(result);
  EXPECT_TRUE(errands.take(2, wire::Answered{id}, now));
  ASSERT_TRUE(result);
  EXPECT_EQ(2U, result->replies.size());
  EXPECT_TRUE(result->silent.empty());
  EXPECT_EQ(base::Time::max(), errands.next_deadline());
}

TEST_F(Asked, KnowsAfterTheDeadlineWhoHasNotAnswered) {
  const std::uint64_t id = ask({1, 2});
  errands.take(2, wire::Answered{id}, now);
  EXPECT_EQ(now + Errands::kPatience, errands.next_deadline());
  errands.tick(now + Errands::kPatience - milliseconds(1));
  EXPECT_FALSE(result);
  errands.tick(now + Errands::kPatience);
  ASSERT_TRUE(result);
  EXPECT_EQ(std::vector<wire::NodeNumber>{1}, result->silent);
  result.reset();
  errands.take(1, wire::Answered{id}, now);  // too late
  EXPECT_FALSE(result);
}

TEST_F(Asked, WaitsForNobodyWhoIsGone) {
  const std::uint64_t id = ask({1, 2});
  errands.take(2, wire::Answered{id}, now);
  errands.lose(1, now);
  ASSERT_TRUE(result);
  EXPECT_EQ(1U, result->replies.size());
}

TEST_F(Asked, AnAnswerOfSeveralPagesIsWholeWithTheLastWhateverTheirOrder) {
  const std::uint64_t id = ask({1});
  errands.take(1, wire::PeopleAnswered{id, 1, 2, {{"den", {}, "second"}}}, now);
  errands.take(1, wire::PeopleAnswered{id, 1, 2, {{"den", {}, "second"}}}, now);
  EXPECT_FALSE(result);
  errands.take(1, wire::PeopleAnswered{id, 0, 2, {{"den", {}, "first"}}}, now);
  ASSERT_TRUE(result);
  ASSERT_EQ(2U, result->replies.size());
  EXPECT_EQ("first", std::get<wire::PeopleAnswered>(result->replies[0].body).people[0].line);
}

TEST_F(Asked, WhoWasNotAskedAnswersNothing) {
  const std::uint64_t id = ask({1});
  EXPECT_TRUE(errands.take(2, wire::Answered{id}, now));
  EXPECT_TRUE(errands.take(1, wire::Answered{id + 1}, now));
  EXPECT_FALSE(result);
  EXPECT_FALSE(errands.take(1, wire::RoomAsked{"den"}, now));
}

}  // namespace
}  // namespace comcat::server
