#include "comcat/server/standings.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNoon{100'000s};

TEST(Standings, WhoHasAPlaceIsNoGuestBeforeHeIsAdmitted) {
  Standings standings;
  EXPECT_EQ(Standing::kNew, standings.of("a", kNoon));
  standings.give("a", kNoon);
  EXPECT_EQ(Standing::kInVain, standings.of("a", kNoon));
  standings.admit("a", kNoon);
  EXPECT_EQ(Standing::kKnown, standings.of("a", kNoon));
  EXPECT_EQ(Standing::kNew, standings.of("b", kNoon));
}

TEST(Standings, AGuestMakesGoodForSomeStrangersBehindHisAddress) {
  Standings standings;
  standings.give("a", kNoon);
  standings.admit("a", kNoon);
  for (int i = 0; i < Standings::kForEachGuest; ++i) {
    EXPECT_EQ(Standing::kKnown, standings.of("a", kNoon)) << i;
    standings.give("a", kNoon);
  }
  EXPECT_EQ(Standing::kInVain, standings.of("a", kNoon));
}

TEST(Standings, ManyGuestsMakeGoodForNoMoreThanSome) {
  Standings standings;
  for (int i = 0; i < 100; ++i) standings.admit("a", kNoon);
  for (int i = 0; i < Standings::kMostPlaces; ++i) standings.give("a", kNoon);
  EXPECT_EQ(Standing::kInVain, standings.of("a", kNoon));
}

TEST(Standings, AMinuteWithoutAPlaceIsForgotten) {
  Standings standings;
  standings.give("a", kNoon);
  standings.admit("b", kNoon);
  for (int i = 0; i < Standings::kMostPlaces; ++i) standings.give("b", kNoon);
  EXPECT_EQ(Standing::kInVain, standings.of("a", kNoon + 59s));
  EXPECT_EQ(Standing::kNew, standings.of("a", kNoon + 60s));
  EXPECT_EQ(Standing::kInVain, standings.of("b", kNoon + 59s));
  EXPECT_EQ(Standing::kKnown, standings.of("b", kNoon + 60s));
  standings.give("a", kNoon + 60s);
  standings.give("b", kNoon + 60s);
  EXPECT_EQ(Standing::kInVain, standings.of("a", kNoon + 60s));
  EXPECT_EQ(Standing::kKnown, standings.of("b", kNoon + 60s));
  EXPECT_EQ(Standing::kNew, standings.of("b", kNoon + 1h));
}

TEST(Standings, WhoChangesAddressesPushesNoGuestOut) {
  Standings standings;
  standings.admit("guest", kNoon);
  for (std::size_t i = 0; i < 3 * Standings::kMostAddresses; ++i) {
    standings.give(std::to_string(i), kNoon);
  }
  EXPECT_LE(standings.size(), Standings::kMostAddresses);
  EXPECT_EQ(Standing::kKnown, standings.of("guest", kNoon));
}

}  // namespace
}  // namespace comcat::server
