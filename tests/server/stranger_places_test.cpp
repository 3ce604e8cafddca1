#include "comcat/server/stranger_places.h"

#include <memory>
#include <utility>

#include <gtest/gtest.h>

namespace comcat::server {
namespace {

using namespace std::chrono_literals;

/// Cut, and closed when the test says so.
class Wire final : public Line {
 public:
  explicit Wire(std::shared_ptr<bool> open) : open_(std::move(open)) {}
  [[nodiscard]] bool is_open() const override { return *open_; }
  [[nodiscard]] std::uint64_t bytes_received() const override { return 0; }
  [[nodiscard]] std::optional<std::size_t> first_flight() const override { return 0; }
  [[nodiscard]] base::Duration round_trip() const override { return {}; }
  [[nodiscard]] base::Duration peers_turn() const override { return {}; }
  [[nodiscard]] bool hand_over(std::uint64_t /*max_bytes*/) override { return true; }
  [[nodiscard]] bool has_caller() const override { return false; }
  void cut() override {}

 private:
  std::shared_ptr<bool> open_;
};

/// Places of which two are taken, by 1 and, later, by 2.
struct Full {
  Full() {
    EXPECT_TRUE(enter(1));
    now += 10ms;
    EXPECT_TRUE(enter(2));
  }
  std::optional<StrangerPlaces::Id> weakest(std::size_t waiting, bool time_is_scarce,
                                            base::Time at) {
    const auto turn = [&](StrangerPlaces::Id id) { return id == has_answer ? 1s : 0s; };
    return places.weakest(waiting, time_is_scarce, turn, at);
  }
  bool enter(StrangerPlaces::Id id, base::Duration round_trip = {}) {
    if (places.open_to(now) != Standing::kInVain) return false;
    places.take(id, round_trip, now);
    return true;
  }
  StrangerPlaces places{2};
  base::Time now{1000s};
  StrangerPlaces::Id has_answer = 0;
};

base::Duration nobodys_turn(StrangerPlaces::Id /*id*/) {
  return {};
}

TEST(StrangerPlaces, AreFewAndFreeAgainWhenTheirHolderIsAdmittedOrEnds) {
  Full full;
  EXPECT_FALSE(full.enter(3));
  full.places.admit(1);
  EXPECT_TRUE(full.enter(3));
  EXPECT_FALSE(full.enter(4));
  full.places.give_back(2);
  EXPECT_TRUE(full.enter(4));
}

TEST(StrangerPlaces, WhoWasCutHoldsHisUntilItIsClosed) {
  Full full;
  const auto open = std::make_shared<bool>(true);
  full.places.give_back(1, std::make_unique<Wire>(open));
  EXPECT_FALSE(full.enter(3)) << "its memory is not free yet";
  *open = false;
  EXPECT_TRUE(full.enter(3));
}

TEST(StrangerPlaces, NobodyMakesRoomBeforeHeHadTimeToBeAdmitted) {
  Full full;
  EXPECT_FALSE(full.weakest(1, false, full.now));
  full.now += 1s;
  EXPECT_EQ(1U, full.weakest(1, false, full.now)) << "he has been there for longest";
  EXPECT_FALSE(full.weakest(0, false, full.now)) << "nobody wants it";
}

TEST(StrangerPlaces, WhoeverThisMachineMayKeepWaitingHasMoreTime) {
  Full full;
  full.now += 1s;
  EXPECT_FALSE(full.weakest(1, true, full.now));
  EXPECT_EQ(1U, full.weakest(1, true, full.now + 3s));
}

TEST(StrangerPlaces, WhoHasItsAnswerAndSaysNothingIsNotKeptWaitingByThisMachine) {
  Full full;
  full.has_answer = 2;
  EXPECT_FALSE(full.weakest(1, true, full.now)) << "it had no time to be admitted yet";
  full.now += 200ms;
  EXPECT_EQ(2U, full.weakest(1, true, full.now));
  full.places.refuse(1);
  EXPECT_EQ(1U, full.weakest(1, true, full.now));
}

TEST(StrangerPlaces, StrangersHaveNoMoreTimeOnABusyMachineWhereAllLatelyWereNoGuests) {
  Full full;
  for (StrangerPlaces::Id id = 1; id < 5; ++id) {
    full.places.give_back(id);
    full.now += 100ms;
    ASSERT_TRUE(full.enter(id + 2));
  }
  full.now += 1s;
  EXPECT_EQ(5U, full.weakest(1, true, full.now));
}

TEST(StrangerPlaces, WhoIsFarAwayHasMoreTime) {
  StrangerPlaces places(2);
  base::Time now{1000s};
  EXPECT_TRUE(places.open_to(now));
  places.take(1, 100ms, now);
  EXPECT_TRUE(places.open_to(now));
  places.take(2, 1ms, now);
  EXPECT_EQ(2U, places.weakest(1, false, nobodys_turn, now + 200ms));
  places.refuse(2);
  EXPECT_TRUE(places.weakest(1, false, nobodys_turn, now + 2s)) << "but not for ever";
}

TEST(StrangerPlaces, WhoWasRefusedIsTheFirstToGo) {
  Full full;
  full.places.refuse(2);
  EXPECT_EQ(2U, full.weakest(1, false, full.now));
}

TEST(StrangerPlaces, WhileGuestsAreAdmittedNobodyIsCutForThem) {
  Full full;
  full.now += 1s;
  full.places.admit(1);
  EXPECT_TRUE(full.enter(3));
  EXPECT_FALSE(full.weakest(1, false, full.now));
  full.now += 1s;
  EXPECT_EQ(2U, full.weakest(1, false, full.now)) << "nobody has been for a while";
}

TEST(StrangerPlaces, WhereManyComeBackAtOnceAStallOfTheirsCostsNobodyHisPlace) {
  Full full;
  for (StrangerPlaces::Id guest = 3; guest < 23; ++guest) {
    full.places.admit(guest - 2);
    full.now += 10ms;
    ASSERT_TRUE(full.enter(guest));
  }
  full.now += 500ms;
  EXPECT_FALSE(full.weakest(10, false, full.now));
  full.now += 3s;
  EXPECT_TRUE(full.weakest(10, false, full.now));
}

TEST(StrangerPlaces, SomeMoreAreForAddressesThatAreNewOrKnown) {
  StrangerPlaces places(16);
  base::Time now{1000s};
  StrangerPlaces::Id id = 0;
  const auto count = [&](Standing standing) {
    std::size_t entered = 0;
    for (; places.open_to(now) == standing; ++entered, now += 10ms) places.take(++id, {}, now);
    return entered;
  };
  EXPECT_EQ(16U, count(Standing::kInVain));
  EXPECT_EQ(2U, count(Standing::kNew));
  EXPECT_EQ(2U, count(Standing::kKnown));
  EXPECT_FALSE(places.open_to(now));
  EXPECT_TRUE(places.weakest(1, false, nobodys_turn, now + 1s)) << "they are not more for longer";
}

TEST(StrangerPlaces, NoMoreAreCutThanWait) {
  Full full;
  full.now += 1s;
  full.places.give_back(1, std::make_unique<Wire>(std::make_shared<bool>(true)));
  EXPECT_FALSE(full.weakest(1, false, full.now));
  EXPECT_EQ(2U, full.weakest(2, false, full.now));
}

TEST(StrangerPlaces, HandshakesAreSpreadOverTime) {
  StrangerPlaces places(1000);
  base::Time now{1000s};
  StrangerPlaces::Id id = 0;
  const auto enter_all = [&] {
    std::size_t entered = 0;
    for (; places.open_to(now); ++entered) places.take(++id, {}, now);
    return entered;
  };
  EXPECT_LE(enter_all(), 8U);
  now += 10ms;
  EXPECT_LE(enter_all(), 5U);
}

}  // namespace
}  // namespace comcat::server
