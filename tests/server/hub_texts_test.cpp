// Texts that are kept: when they are answered and heard, and what who comes or was slow is shown.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/house.h"
#include "server/shelf.h"

namespace comcat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unsigned kFeatures = wire::kFeatureVoiceBatch | wire::kFeatureHistory;

HubOptions with(store::Keeper& keeper) {
  HubOptions options;
  options.keeper = &keeper;
  return options;
}

class KeptTexts : public ::testing::Test {
 protected:
  KeptTexts() : house_(with(shelf_)) {}

  Person& come(const std::string& name, std::uint64_t last = 0, const std::string& room = "lobby") {
    Person& person = house_.connect();
    EXPECT_TRUE(house_.say_hello(person, {name, room, "", kFeatures, last}).ok());
    return person;
  }
  /// The keeper answers all that it was asked, and what it is asked for that.
  void answer() {
    while (!shelf_.asked.empty()) house_.hub.take(shelf_.take_answers(), house_.now);
  }
  static std::vector<std::string> heard(const Person& person) {
    std::vector<std::string> out;
    for (const wire::TextSaid& said : person.told<wire::TextSaid>()) out.push_back(said.text);
    return out;
  }

  Shelf shelf_;
  House house_;
};

TEST_F(KeptTexts, ATextIsAnsweredAndHeardOnceItIsKept) {
  Person& an = come("an");
  Person& bo = come("bo");
  answer();
  const auto said = house_.command(an, wire::Say{"hello"});
  EXPECT_THAT(an.answers(said), IsEmpty());
  EXPECT_THAT(heard(bo), IsEmpty());
  answer();
  ASSERT_EQ(1U, an.answers(said).size());
  EXPECT_EQ(0, an.answers(said)[0].status);
  for (const Person* person : {&an, &bo}) {
    ASSERT_EQ(1U, person->told<wire::TextSaid>().size());
    const wire::TextSaid text = person->told<wire::TextSaid>()[0];
    EXPECT_EQ(an.number(), text.session);
    EXPECT_EQ(100U, text.number);
    EXPECT_EQ(3'600'000U, text.time_ms);
    EXPECT_FALSE(text.earlier);
  }
}

TEST_F(KeptTexts, WhatCannotBeKeptIsToldToWhoSaidItAndHeardByNobody) {
  Person& an = come("an");
  Person& bo = come("bo");
  answer();
  shelf_.fault = absl::UnavailableError("the disk is full; try again");
  const auto said = house_.command(an, wire::Say{"hello"});
  answer();
  ASSERT_EQ(1U, an.answers(said).size());
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kUnavailable), an.answers(said)[0].status);
  EXPECT_EQ("the disk is full; try again", an.answers(said)[0].text);
  EXPECT_THAT(heard(bo), IsEmpty());
  shelf_.fault = absl::OkStatus();
  house_.command(an, wire::Say{"hello again"});
  answer();
  EXPECT_THAT(heard(bo), ElementsAre("hello again"));
}

TEST_F(KeptTexts, MoreThanTheKeeperTakesIsRefusedAtOnce) {
  Person& an = come("an");
  shelf_.full = true;
  const auto said = house_.command(an, wire::Say{"hello"});
  ASSERT_EQ(1U, an.answers(said).size());
  EXPECT_EQ(static_cast<int>(absl::StatusCode::kResourceExhausted), an.answers(said)[0].status);
}

TEST_F(KeptTexts, AreCountedOnceTheyAreSaidOrNot) {
  Person& an = come("an");
  answer();
  house_.command(an, wire::Say{"hello"});
  EXPECT_EQ(0U, house_.metrics.texts);
  answer();
  EXPECT_EQ(1U, house_.metrics.texts);
  shelf_.fault = absl::UnavailableError("the disk is full; try again");
  house_.command(an, wire::Say{"hello?"});
  answer();
  shelf_.full = true;
  house_.command(an, wire::Say{"hello??"});
  EXPECT_EQ(1U, house_.metrics.texts);
  EXPECT_EQ(2U, house_.metrics.texts_unkept);
}

TEST_F(KeptTexts, WhoComesIsShownTheNewestAndThenHearsEachOnce) {
  for (int i = 0; i < 30; ++i) shelf_.put("lobby", "old", std::to_string(i));
  Person& an = come("an");
  answer();
  ASSERT_EQ(20U, an.told<wire::TextSaid>().size());
  EXPECT_EQ("10", an.told<wire::TextSaid>()[0].text);
  EXPECT_TRUE(an.told<wire::TextSaid>()[0].earlier);
  EXPECT_EQ(0U, an.told<wire::TextSaid>()[0].session);
  an.forget();
  house_.command(an, wire::Say{"new"});
  Person& bo = come("bo");
  house_.command(an, wire::Say{"newer"});
  answer();
  EXPECT_THAT(heard(an), ElementsAre("new", "newer"));
  EXPECT_EQ(21U, bo.told<wire::TextSaid>().size());
  EXPECT_EQ("new", heard(bo)[19]);
  EXPECT_EQ("newer", heard(bo)[20]);
}

TEST_F(KeptTexts, WhoComesBackIsShownAllThatWasMissedInOrderHoweverMuch) {
  const std::uint64_t seen = shelf_.put("lobby", "old", "seen");
  for (int i = 0; i < 30; ++i) shelf_.put("lobby", "old", std::to_string(i));
  Person& an = come("an", seen);
  house_.command(an, wire::Say{"live"});
  answer();
  house_.pass(seconds(10));
  answer();
  std::vector<std::string> expected;
  for (int i = 0; i < 30; ++i) expected.push_back(std::to_string(i));
  expected.emplace_back("live");
  EXPECT_EQ(expected, heard(an));
}

TEST_F(KeptTexts, AListenerWhoIsSlowMissesNoneOfThem) {
  Person& bo = come("bo");
  Person& slow = come("slow");
  answer();
  slow.reading = false;
  for (int i = 0; i < 40; ++i) {
    house_.command(bo, wire::Say{std::to_string(i) + std::string(1000, 't')});
    answer();
    house_.pass(milliseconds(110));
  }
  ASSERT_FALSE(slow.closed);
  slow.reading = true;
  slow.wake();
  for (int i = 0; i < 40; ++i) {
    house_.pass(milliseconds(500));
    answer();
  }
  ASSERT_EQ(40U, heard(slow).size());
  for (int i = 0; i < 40; ++i) EXPECT_EQ(i, std::stoi(heard(slow)[static_cast<std::size_t>(i)]));
  EXPECT_THAT(slow.outcomes, IsEmpty());
}

TEST_F(KeptTexts, WhoMovesIsShownTheOtherRoomsTextsAndNothingMoreOfTheFirst) {
  for (int i = 0; i < 3; ++i) shelf_.put("lobby", "old", "lobby");
  const std::uint64_t seen = shelf_.put("den", "old", "seen");
  shelf_.put("den", "old", "den");
  Person& an = come("an");
  house_.command(an, wire::JoinRoom{"den", seen});
  answer();
  EXPECT_THAT(heard(an), ElementsAre("den"));
}

TEST_F(KeptTexts, CommandsAreAnsweredInTheirOrderHoweverLongATextTakes) {
  Person& an = come("an");
  Person& bo = come("bo");
  answer();
  an.forget();
  const auto first = house_.command(an, wire::Say{"here"});
  const auto second = house_.command(an, wire::JoinRoom{"den"});
  const auto third = house_.command(an, wire::Say{"there"});
  EXPECT_THAT(an.outcomes, IsEmpty());
  answer();
  ASSERT_EQ(3U, an.outcomes.size());
  EXPECT_EQ(first, an.outcomes[0].trace_id);
  EXPECT_EQ(second, an.outcomes[1].trace_id);
  EXPECT_EQ(third, an.outcomes[2].trace_id);
  EXPECT_THAT(heard(bo), ElementsAre("here"));
  EXPECT_THAT(heard(an), ElementsAre("here", "there"));
}

TEST_F(KeptTexts, WhatWaitsForATextIsBoundedAndGoesWithWhoAsked) {
  Person& an = come("an");
  answer();
  house_.command(an, wire::Say{"hello"});
  for (int i = 0; i < 17; ++i) {
    house_.pass(milliseconds(200));
    house_.command(an, wire::ListRooms{});
  }
  ASSERT_EQ(1U, an.outcomes.size());
  EXPECT_EQ("your texts wait to be kept; try again", an.outcomes[0].text);
  house_.hang_up(an);
  EXPECT_TRUE(an.caller.later.empty());
  answer();
  EXPECT_EQ(1U, an.outcomes.size());
}

TEST_F(KeptTexts, WhoSaidATextAndWentIsHeardAllTheSame) {
  Person& an = come("an");
  Person& bo = come("bo");
  answer();
  house_.command(an, wire::Say{"bye"});
  house_.hang_up(an);
  answer();
  EXPECT_THAT(heard(bo), ElementsAre("bye"));
}

TEST_F(KeptTexts, OlderClientsAreShownNoneOfBeforeAndHearTheNewOnes) {
  shelf_.put("lobby", "old", "before");
  Person& older = house_.join("older");
  Person& an = come("an");
  house_.command(an, wire::Say{"hello"});
  answer();
  EXPECT_THAT(heard(older), ElementsAre("hello"));
}

TEST_F(KeptTexts, HistoryPagesBack) {
  for (int i = 0; i < 30; ++i) shelf_.put("lobby", "old", std::to_string(i));
  Person& an = come("an");
  answer();
  const auto asked = house_.command(an, wire::History{105, 3});
  answer();
  ASSERT_EQ(1U, an.answers(asked).size());
  const auto page = std::get<wire::TextPage>(an.answers(asked)[0].result);
  EXPECT_TRUE(page.more);
  ASSERT_EQ(3U, page.texts.size());
  EXPECT_EQ(102U, page.texts[0].number);
  EXPECT_TRUE(page.texts[0].earlier);
}

TEST_F(KeptTexts, AClientOfTheOriginalProtocolIsAnsweredNothing) {
  Person& original = house_.join_original();
  const auto asked = house_.command(original, wire::History{0, 3});
  answer();
  EXPECT_THAT(original.answers(asked), IsEmpty());
  EXPECT_EQ(0U, original.caller.unanswered);
}

TEST_F(KeptTexts, AskingForHistoryOnASlowNetworkClosesNobody) {
  for (int i = 0; i < 20; ++i) shelf_.put("lobby", "old", std::string(300, 'x'));
  Person& an = come("an");
  answer();
  an.reading = false;
  for (int i = 0; i < 10; ++i) {
    house_.command(an, wire::History{});
    answer();
    house_.pass(milliseconds(110));
  }
  EXPECT_FALSE(an.closed);
  an.reading = true;
  an.wake();
  EXPECT_EQ(10U, an.outcomes.size());
  EXPECT_THAT(an.outcomes.back().text, HasSubstr("; try again"));
}

TEST_F(KeptTexts, WhereTheHistoryCannotBeReadItIsSaidAndLifeGoesOn) {
  shelf_.fault = absl::UnavailableError("the server cannot read earlier texts; try again");
  Person& an = come("an");
  answer();
  ASSERT_EQ(1U, an.answers(0).size());
  shelf_.fault = absl::OkStatus();
  house_.command(an, wire::Say{"hello"});
  answer();
  EXPECT_THAT(heard(an), ElementsAre("hello"));
}

TEST(UnkeptTexts, HaveNoNumberAndNoHistory) {
  House house;
  Person& an = house.join("an");
  house.command(an, wire::Say{"hi"});
  ASSERT_EQ(1U, an.told<wire::TextSaid>().size());
  EXPECT_EQ(0U, an.told<wire::TextSaid>()[0].number);
  const auto asked = house.command(an, wire::History{});
  ASSERT_EQ(1U, an.answers(asked).size());
  EXPECT_EQ("this server keeps no texts", an.answers(asked)[0].text);
}

}  // namespace
}  // namespace comcat::server
