#include "comcat/load/ramp.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::load {
namespace {

using ::testing::ElementsAre;

/// A server that bears `most` clients, and what it was asked.
struct FakeServer {
  std::size_t most = 0;
  std::vector<std::size_t> asked;

  absl::StatusOr<bool> operator()(std::size_t clients) {
    asked.push_back(clients);
    return clients <= most;
  }
};

absl::StatusOr<std::size_t> search(FakeServer& server, std::size_t first, std::size_t limit) {
  return ramp(first, limit, [&](std::size_t clients) { return server(clients); });
}

TEST(Ramp, DoublesThenHalvesTheGap) {
  FakeServer server{13, {}};
  EXPECT_EQ(13U, *search(server, 2, 1000));
  EXPECT_THAT(server.asked, ElementsAre(2, 4, 8, 16, 12, 14, 13));
}

TEST(Ramp, StopsWithinATwentieth) {
  FakeServer server{777, {}};
  const std::size_t found = *search(server, 10, 100'000);
  EXPECT_LE(found, 777U);
  EXPECT_GE(found, 777U * 19 / 20);
  EXPECT_LT(server.asked.size(), 15U);
}

TEST(Ramp, NeverGoesBeyondTheLimit) {
  FakeServer server{1'000'000, {}};
  EXPECT_EQ(100U, *search(server, 30, 100));
  EXPECT_THAT(server.asked, ElementsAre(30, 60, 100));
}

TEST(Ramp, TheFirstStepMayBeTooMuch) {
  FakeServer server{5, {}};
  EXPECT_EQ(0U, *search(server, 10, 100));
  EXPECT_THAT(server.asked, ElementsAre(10));
}

TEST(Ramp, AFirstErrorIsTheAnswer) {
  const auto refuse = [](std::size_t) { return absl::UnauthenticatedError("wrong"); };
  EXPECT_TRUE(absl::IsUnauthenticated(ramp(10, 100, refuse).status()));
}

TEST(Ramp, ALaterErrorIsAStepThatFailed) {
  const auto full_at_50 = [](std::size_t clients) -> absl::StatusOr<bool> {
    if (clients > 50) return absl::ResourceExhaustedError("full");
    return true;
  };
  const std::size_t found = *ramp(10, 1000, full_at_50);
  EXPECT_LE(found, 50U);
  EXPECT_GE(found, 47U);
}

}  // namespace
}  // namespace comcat::load
