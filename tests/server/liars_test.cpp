// Rooms in which some lie about how loud they are: what an honest pair of them is still heard of.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comcat/server/loudest.h"

#include "server/talkers.h"

namespace comcat::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::Time kStart{seconds(1000)};
constexpr milliseconds kTick{4};
constexpr milliseconds kFrame{20};
constexpr std::size_t kPlaces = 8;

/// A room with kPlaces. People come in order, and send a frame each period.
class Hall {
 public:
  /// With people who have a discussion, of these shares.
  explicit Hall(const std::vector<Share>& honest = {}) {
    if (honest.empty()) return;
    const Discussion::Manner manner{.people = honest.size()};
    const auto discussion = std::make_shared<Discussion>(manner, 7);
    for (std::size_t i = 0; i < honest.size(); ++i) come(honest[i], one_of(discussion, i));
  }

  void come(Share share, Talker talker, milliseconds period = kFrame) {
    people_.push_back({next_number_++, share, std::move(talker), period});
    loudest_.add(people_.back().number, share);
  }
  /// Person `i` (from 0) goes and comes again.
  void come_again(std::size_t i) {
    loudest_.remove(people_[i].number);
    people_[i].number = next_number_++;
    loudest_.add(people_[i].number, people_[i].share);
  }

  void run(milliseconds time) {
    for (const milliseconds end = passed_ + time; passed_ < end; passed_ += kTick) {
      for (std::size_t i = 0; i < people_.size(); ++i) {
        if (passed_ % people_[i].period == (i * kTick) % people_[i].period) speak(people_[i]);
      }
    }
  }

  /// Counts anew.
  void forget() {
    for (Person& person : people_) person.said = person.heard = 0;
  }
  /// Of what the people from `first` to before `end` said.
  [[nodiscard]] double heard_percent(std::size_t first, std::size_t end) const {
    double heard = 0;
    double said = 0;
    for (std::size_t i = first; i < end; ++i) {
      heard += people_[i].heard;
      said += people_[i].said;
    }
    return 100 * heard / said;
  }
  [[nodiscard]] double heard_percent(std::size_t who) const { return heard_percent(who, who + 1); }

 private:
  struct Person {
    wire::SessionNumber number;
    Share share;
    Talker talker;
    milliseconds period;
    int said = 0;
    int heard = 0;
  };

  void speak(Person& person) {
    const std::optional<double> level = person.talker(passed_);
    if (!level) return;
    ++person.said;
    const auto claim = static_cast<std::uint8_t>(std::clamp(*level, 0.0, 127.0));
    if (loudest_.offer(person.number, claim, kStart + passed_)) ++person.heard;
  }

  Loudest loudest_{kPlaces};
  std::vector<Person> people_;
  wire::SessionNumber next_number_ = 1;
  milliseconds passed_{0};
};

struct Kind {
  std::string name;
  std::function<Talker(int)> liar;  // the n-th of them
  milliseconds period = kFrame;
};

const std::vector<Kind>& kinds() {
  static const auto* const all = new std::vector<Kind>{
      {"always 0", [](int) { return constant(0); }},
      {"always 20", [](int) { return constant(20); }},
      {"250 frames a second", [](int) { return constant(0); }, kTick},
      {"a silent frame each 2 s", [](int n) { return dipping(seconds(2), 100 * milliseconds(n)); }},
      {"each other frame", [](int n) { return alternating(kFrame, n * kFrame); }},
      {"each other 300 ms", [](int n) { return alternating(milliseconds(300), n * kFrame); }},
  };
  return *all;
}

/// How much is heard of an honest pair within `time` of the coming of `count` liars of a kind.
double percent_of_a_pair(const std::vector<Share>& pair, const Kind& kind, int count,
                         const std::function<Share(int)>& share_of_liar, milliseconds time) {
  Hall hall(pair);
  hall.run(seconds(20));
  for (int n = 0; n < count; ++n) hall.come(share_of_liar(n), kind.liar(n), kind.period);
  hall.forget();
  hall.run(time);
  const double percent = hall.heard_percent(0, 2);
  std::cout << count << " liars, " << kind.name << ": " << percent << " %\n";
  return percent;
}

const std::vector<Share> kTwoAddresses{Share{1}, Share{2}};
const std::vector<Share> kOneAddress{Share{1}, Share{1}};

TEST(Liars, OfOneAddressLeaveAnHonestPairNineTenths) {
  for (const Kind& kind : kinds()) {
    for (const int count : {8, 16, 100}) {
      EXPECT_GE(percent_of_a_pair(
                    kTwoAddresses, kind, count, [](int) { return Share{3}; }, minutes(1)),
                90);
    }
  }
}

TEST(Liars, OfManyAddressesLeaveAnHonestPairHalf) {
  for (const Kind& kind : kinds()) {
    for (const int count : {8, 16, 100}) {
      EXPECT_GE(percent_of_a_pair(
                    kTwoAddresses, kind, count, [](int n) { return Share(100 + n); }, minutes(2)),
                50);
    }
  }
}

TEST(Liars, OfManyAddressesLeaveHalfToAPairBehindOneAddressToo) {
  for (const Kind& kind : kinds()) {
    EXPECT_GE(percent_of_a_pair(
                  kOneAddress, kind, 100, [](int n) { return Share(100 + n); }, minutes(2)),
              50);
  }
}

TEST(Liars, BehindTheAddressOfAnHonestPairLeaveItHalf) {
  for (const Kind& kind : kinds()) {
    for (const int count : {8, 100}) {
      EXPECT_GE(percent_of_a_pair(
                    kOneAddress, kind, count, [](int) { return Share{1}; }, minutes(2)),
                50);
    }
  }
}

TEST(Liars, OfSixteenAddressesWhoTakeTurnsLeaveHalf) {
  const auto percent = [](int count) {
    const int crews = count / static_cast<int>(kPlaces);
    const Kind kind{"in turns", [=](int n) { return relaying(n % crews, crews); }};
    return percent_of_a_pair(
        kTwoAddresses, kind, count, [](int n) { return Share(100 + n); }, minutes(5));
  };
  EXPECT_GE(percent(16), 50);
  EXPECT_GT(percent(32), 0);  // no promise: they can do what as many honest people would
}

TEST(Liars, WhoComeAgainEachFewSecondsGainNothing) {
  for (const bool one_address : {true, false}) {
    Hall hall(kTwoAddresses);
    constexpr std::size_t kCount = 16;
    for (std::size_t n = 0; n < kCount; ++n) {
      hall.come(one_address ? Share{3} : Share{100 + n}, constant(0));
    }
    for (int i = 0; i < 120; ++i) {
      hall.run(seconds(1));
      for (std::size_t n = 0; n < kCount; ++n) {
        if ((i + n) % 2 == 0) hall.come_again(2 + n);
      }
    }
    EXPECT_GE(hall.heard_percent(0, 2), one_address ? 90 : 50);
  }
}

TEST(Liars, WhoNeverFallYieldToSomebodyWhoTalksWithoutEnd) {
  Hall hall;
  Discussion::Manner lecture{.people = 1, .longest = seconds(8)};
  hall.come(Share{1}, one_of(std::make_shared<Discussion>(lecture, 3), 0));
  for (int n = 0; n < 100; ++n) hall.come(Share(100 + n), constant(0));
  hall.run(minutes(2));
  EXPECT_GE(hall.heard_percent(0), 90);
}

TEST(Contested, PlacesThatManyWantForLongGoRound) {
  Hall hall;
  for (int n = 0; n < 24; ++n) hall.come(Share(100 + n), constant(30));
  hall.run(minutes(10));
  for (std::size_t i = 0; i < 24; ++i) EXPECT_NEAR(100 / 3, hall.heard_percent(i), 10) << i;
}

TEST(Contested, AnAddressOfManyHasNoMoreThanTheOthersTogether) {
  Hall hall;
  const auto talker = [](int n) { return alternating(milliseconds(300), n * kFrame); };
  for (int n = 0; n < 16; ++n) hall.come(Share{1}, talker(n));
  for (int n = 0; n < 8; ++n) hall.come(Share(100 + n), talker(n));
  hall.run(seconds(20));
  hall.forget();
  hall.run(minutes(5));
  EXPECT_GE(hall.heard_percent(16, 24), 80);
}

TEST(Contested, MusicLosesNothingWhereThereIsRoomForIt) {
  Hall hall(std::vector<Share>(7, Share{2}));
  hall.come(Share{1}, constant(12));
  hall.run(minutes(5));
  EXPECT_EQ(100, hall.heard_percent(0, 8));
}

/// What the levels alone decide in ten minutes of ten honest people: computed by a selection that
/// knew neither beliefs nor shares.
struct Honest {
  std::size_t places;
  unsigned seed;
  int said;
  int refused;
  std::uint64_t decisions;  // FNV-1a of a byte for each frame: 1 where it is forwarded
};
constexpr Honest kHonest[] = {
    {1, 1, 30448, 5371, 0xd6153fba09041582U}, {1, 2, 30472, 5495, 0x78644611387a0d36U},
    {1, 3, 30633, 5309, 0xfbbdb1c6ca45d8a3U}, {2, 1, 30448, 702, 0x6fa509faaed92607U},
    {2, 2, 30472, 574, 0xcd5d2470daf0586bU},  {2, 3, 30633, 706, 0x5b0805ba83650930U},
    {3, 1, 30448, 73, 0x5ae5ff63adafeef4U},   {3, 2, 30472, 105, 0xe68c33d1fdac0fe6U},
    {3, 3, 30633, 29, 0xa9e910df512c84fbU},   {8, 1, 30448, 0, 0x984389b13cdb7cd5U},
};

TEST(Contested, AnHonestDiscussionIsDecidedByTheLevelsAlone) {
  for (const bool some_share : {false, true}) {
    for (const Honest& expected : kHonest) {
      const Discussion::Manner manner{.people = 10, .longest = seconds(6), .fall_in = 0.1};
      Discussion discussion(manner, expected.seed);
      Loudest loudest(expected.places);
      for (unsigned i = 0; i < 10; ++i) loudest.add(i + 1, Share{some_share ? i / 4 : i});
      Honest seen{expected.places, expected.seed, 0, 0, 14695981039346656037U};
      for (milliseconds t{0}; t < minutes(10); t += milliseconds(2)) {
        const auto i = static_cast<unsigned>(t % kFrame / milliseconds(2));
        const std::optional<double> level = discussion.level(i, t);
        if (!level) continue;
        const auto claim = static_cast<std::uint8_t>(std::clamp(*level, 0.0, 127.0));
        const bool forwarded = loudest.offer(i + 1, claim, kStart + t);
        ++seen.said;
        seen.refused += forwarded ? 0 : 1;
        seen.decisions = (seen.decisions ^ (forwarded ? 1U : 0U)) * 1099511628211U;
      }
      EXPECT_EQ(expected.said, seen.said);
      EXPECT_EQ(expected.refused, seen.refused);
      EXPECT_EQ(expected.decisions, seen.decisions)
          << expected.places << " places, seed " << expected.seed << ", shares " << some_share;
    }
  }
}

}  // namespace
}  // namespace comcat::server
