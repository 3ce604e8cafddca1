// Texts that all servers of a cluster have in one order.

#include "server/cluster_texts.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/wire/cluster_convert.h"

#include "bus/memory_log.h"
#include "server/house.h"
#include "server/logged_text.h"
#include "server/room_topic.h"
#include "server/shelf.h"

namespace comcat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kFeatures = wire::kFeatureVoiceBatch | wire::kFeatureHistory;

/// A house whose texts are those of a log, with a keeper or without; what its threads would tell
/// the shard waits until the test wants it.
class Server {
 public:
  Server(bus::LogRoom& log, store::Keeper* keeper, store::Followed kept = {})
      : texts_(log.join(), metrics), house(options(keeper)) {
    texts_.start(
        keeper, kept,
        [this](std::uint64_t ticket, absl::StatusOr<std::uint64_t> number) {
          said_.emplace_back(ticket, std::move(number));
        },
        [this](const std::vector<store::LoggedText>& heard) {
          heard_.insert(heard_.end(), heard.begin(), heard.end());
        });
  }

  Person& come(const std::string& name, std::uint64_t last = 0, const std::string& room = "lobby") {
    Person& person = house.connect();
    EXPECT_TRUE(house.say_hello(person, {name, room, "", kFeatures, last}).ok());
    return person;
  }
  void tell_said() {
    for (const auto& [ticket, number] : std::exchange(said_, {})) {
      house.hub.take_said(ticket, number, house.now);
    }
  }
  void tell_heard() {
    std::vector<store::Answer> answers(1);
    answers.front().placed = std::exchange(heard_, {});
    house.hub.take(std::move(answers), house.now);
  }

 private:
  [[nodiscard]] HubOptions options(store::Keeper* keeper) {
    HubOptions out;
    out.keeper = keeper;
    out.shared_texts = &texts_;
    return out;
  }

  std::vector<std::pair<std::uint64_t, absl::StatusOr<std::uint64_t>>> said_;
  std::vector<store::LoggedText> heard_;

 public:
  Metrics metrics;

 private:
  ClusterTexts texts_;

 public:
  House house;
};

std::vector<std::string> heard(const Person& person) {
  std::vector<std::string> out;
  for (const wire::TextSaid& said : person.told<wire::TextSaid>()) out.push_back(said.text);
  return out;
}

struct TwoServers : ::testing::Test {
  /// All keepers answer all, in turns.
  void answer() {
    for (int i = 0; i < 10; ++i) {
      here.tell_said();
      there.tell_said();
      here.house.hub.take(shelf_here.take_answers(), here.house.now);
      there.house.hub.take(shelf_there.take_answers(), there.house.now);
    }
  }

  bus::LogRoom log;
  Shelf shelf_here;
  Shelf shelf_there;
  Server here{log, &shelf_here};
  Server there{log, &shelf_there};
};

TEST_F(TwoServers, ATextIsHeardAtBothWithOneNumberAndAnsweredOnce) {
  Person& an = here.come("an");
  Person& bo = there.come("bo");
  const auto said = here.house.command(an, wire::Say{"hello"});
  EXPECT_THAT(an.answers(said), IsEmpty());
  answer();
  ASSERT_THAT(an.answers(said), SizeIs(1));
  EXPECT_EQ(0, an.answers(said)[0].status);
  for (const Person* person : {&an, &bo}) {
    ASSERT_THAT(person->told<wire::TextSaid>(), SizeIs(1));
    const wire::TextSaid text = person->told<wire::TextSaid>()[0];
    EXPECT_EQ("hello", text.text);
    EXPECT_EQ("an", text.name);
    EXPECT_EQ(an.number(), text.session);
    EXPECT_EQ(bus::LogRoom::kOrigin + 1, text.number);
    EXPECT_FALSE(text.earlier);
  }
  EXPECT_EQ(1U, here.house.metrics.texts);
  EXPECT_EQ(0U, there.house.metrics.texts);
  EXPECT_EQ(1U, there.metrics.texts_shared);
}

TEST_F(TwoServers, AllHearTheTextsOfARoomInOneOrderThoughItsNumbersHaveGaps) {
  Person& an = here.come("an");
  Person& bo = there.come("bo");
  Person& cy = there.come("cy", 0, "den");
  for (int i = 0; i < 5; ++i) {
    here.house.command(an, wire::Say{"an " + std::to_string(i)});
    there.house.command(cy, wire::Say{"elsewhere"});
    there.house.command(bo, wire::Say{"bo " + std::to_string(i)});
  }
  answer();
  ASSERT_THAT(heard(an), SizeIs(10));
  EXPECT_EQ(heard(an), heard(bo));
  EXPECT_THAT(heard(cy), SizeIs(5));
  // Who comes back with the number of one of them misses none.
  Person& again = here.come("dan", an.told<wire::TextSaid>()[3].number);
  answer();
  EXPECT_THAT(heard(again), SizeIs(6));
  const auto page =
      here.house.command(again, wire::History{an.told<wire::TextSaid>()[3].number, 2});
  answer();
  ASSERT_THAT(again.answers(page), SizeIs(1));
  const auto earlier = std::get<wire::TextPage>(again.answers(page)[0].result);
  ASSERT_THAT(earlier.texts, SizeIs(2));
  EXPECT_EQ(heard(an)[1], earlier.texts[0].text);
  EXPECT_EQ(heard(an)[2], earlier.texts[1].text);
}

TEST_F(TwoServers, TheWriterIsAnsweredAfterTheTextHasComeBack) {
  Person& an = here.come("an");
  answer();
  const auto said = here.house.command(an, wire::Say{"hello"});
  here.tell_said();
  EXPECT_THAT(an.answers(said), IsEmpty()) << "whatever follows would overtake it";
  here.house.hub.take(shelf_here.take_answers(), here.house.now);
  EXPECT_THAT(heard(an), ElementsAre("hello"));
  EXPECT_THAT(an.answers(said), SizeIs(1));
}

TEST_F(TwoServers, TheWriterIsAnsweredThoughTheTextDoesNotComeBack) {
  Person& an = here.come("an");
  answer();
  const auto said = here.house.command(an, wire::Say{"hello"});
  here.tell_said();
  here.house.pass(seconds(3));
  ASSERT_THAT(an.answers(said), SizeIs(1));
  EXPECT_EQ(0, an.answers(said)[0].status);
  answer();
  EXPECT_THAT(heard(an), ElementsAre("hello"));
  EXPECT_THAT(an.answers(said), SizeIs(1));
}

TEST_F(TwoServers, WithoutTheLogWhoSaysSomethingIsToldSoAndNobodyHearsIt) {
  Person& an = here.come("an");
  Person& ai = here.come("ai");
  answer();
  log.set_up(false);
  const auto said = here.house.command(an, wire::Say{"hello"});
  answer();
  ASSERT_THAT(an.answers(said), SizeIs(1));
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kUnavailable), an.answers(said)[0].status);
  EXPECT_EQ(
      "your text was not said, as the servers cannot keep it (it has been taken away); try again",
      an.answers(said)[0].text);
  EXPECT_THAT(heard(ai), IsEmpty());
  EXPECT_EQ(1U, here.house.metrics.texts_unkept);
  log.set_up(true);
  here.house.command(an, wire::Say{"again"});
  answer();
  EXPECT_THAT(heard(ai), ElementsAre("again"));
}

TEST_F(TwoServers, WhatAServersDiskHasNoRoomForIsHeardThereAllTheSame) {
  Person& an = here.come("an");
  Person& bo = there.come("bo");
  answer();
  shelf_there.fault = absl::UnavailableError("the disk is full");
  const auto said = here.house.command(an, wire::Say{"hello"});
  answer();
  EXPECT_THAT(heard(bo), ElementsAre("hello"));
  EXPECT_EQ(0, an.answers(said)[0].status);
}

TEST_F(TwoServers, AKeeperThatTakesNoMoreHoldsTheLogUpAndLosesNothing) {
  Person& an = here.come("an");
  Person& bo = there.come("bo");
  answer();
  shelf_there.full = true;
  here.house.command(an, wire::Say{"first"});
  here.house.command(an, wire::Say{"second"});
  answer();
  EXPECT_THAT(heard(bo), IsEmpty());
  shelf_there.full = false;
  log.offer();
  answer();
  EXPECT_THAT(heard(bo), ElementsAre("first", "second"));
}

TEST_F(TwoServers, TheSameCommandSentTwiceIsSaidOnce) {
  Person& an = here.come("an");
  answer();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(here.house.send(an, wire::Command{7, wire::Say{"hello"}}).ok());
  }
  ASSERT_TRUE(here.house.send(an, wire::Command{7, wire::Say{"other words"}}).ok());
  answer();
  EXPECT_THAT(heard(an), ElementsAre("hello", "other words"));
  EXPECT_THAT(an.answers(7), SizeIs(3));
}

TEST_F(TwoServers, WhatStrangersPutIntoTheLogIsDroppedAndCounted) {
  Person& an = here.come("an");
  answer();
  const auto stranger = log.join();
  const auto put = [&](const std::string& topic, const std::string& bytes) {
    static int id = 0;
    EXPECT_TRUE(stranger->append({topic, bytes, "s" + std::to_string(++id)}, [](const auto&) {}));
  };
  const std::string good = wire::encode_room_text({"lobby", 5, "mallory", "hello"});
  put("lobby", good);  // not as a room is written there
  put(room_topic("den"), good);
  put(room_topic("lobby"), "nonsense");
  put(room_topic("lobby"), wire::encode_room_text({"lobby", 5, "mallory", "\x1b[2J"}));
  here.house.command(an, wire::Say{"after"});
  answer();
  EXPECT_THAT(heard(an), ElementsAre("after"));
  EXPECT_EQ(4U, here.metrics.texts_refused);
}

TEST_F(TwoServers, AServerThatWasAwayReadsWhatItMissedAndTellsItAsEarlier) {
  Person& an = here.come("an");
  for (const char* words : {"one", "two", "three"}) here.house.command(an, wire::Say{words});
  answer();
  Shelf shelf;
  shelf.rooms["lobby"] = {shelf_here.rooms["lobby"][0]};
  Server late(log, &shelf, {bus::LogRoom::kOrigin, bus::LogRoom::kOrigin + 1});
  Person& bo = late.come("bo");
  for (int i = 0; i < 3; ++i) late.house.hub.take(shelf.take_answers(), late.house.now);
  EXPECT_THAT(heard(bo), ElementsAre("one", "two", "three"));
  for (const wire::TextSaid& text : bo.told<wire::TextSaid>()) EXPECT_TRUE(text.earlier);
  here.house.command(an, wire::Say{"four"});
  late.house.hub.take(shelf.take_answers(), late.house.now);
  EXPECT_EQ("four", heard(bo).back());
  EXPECT_FALSE(bo.told<wire::TextSaid>().back().earlier);
}

TEST(ServerWithoutAHistory, HearsWhatIsSaidFromThenOn) {
  bus::LogRoom log;
  Shelf shelf;
  Server keeps(log, &shelf);
  Person& an = keeps.come("an");
  keeps.house.hub.take(shelf.take_answers(), keeps.house.now);
  keeps.house.command(an, wire::Say{"before"});
  Server keeps_none(log, nullptr);
  Person& bo = keeps_none.come("bo");
  keeps.house.command(an, wire::Say{"hello"});
  keeps_none.tell_heard();
  ASSERT_THAT(heard(bo), ElementsAre("hello"));
  EXPECT_EQ(0U, bo.told<wire::TextSaid>()[0].number);
  const auto said = keeps_none.house.command(bo, wire::Say{"and to you"});
  keeps_none.tell_said();
  keeps_none.tell_heard();
  EXPECT_THAT(bo.answers(said), SizeIs(1));
  EXPECT_THAT(heard(bo), ElementsAre("hello", "and to you"));
  const auto asked = keeps_none.house.command(bo, wire::History{});
  ASSERT_THAT(bo.answers(asked), SizeIs(1));
  EXPECT_EQ("this server keeps no texts", bo.answers(asked)[0].text);
}

}  // namespace
}  // namespace comcat::server
