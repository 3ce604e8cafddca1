// What a user is shown of texts that last.

#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/client/command.h"
#include "comcat/client/seen_texts.h"

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kNovember = 1'795'701'825'678;  // 2026-11-26T14:03:45.678Z

wire::TextSaid text(std::uint64_t number, const std::string& words, bool earlier = false) {
  return {earlier ? 0U : 2U, "binh", words, number, kNovember, earlier};
}

class KeptTexts : public InACall {
 protected:
  void SetUp() override {
    ASSERT_EQ(0, ::setenv("TZ", "UTC", /*overwrite=*/1));
    ::tzset();
  }
};

TEST_F(KeptTexts, EarlierOnesAreShownWithTheirTimeAndNewOnesAsEver) {
  session_.on_event(text(5, "hello", true));
  session_.on_event(text(6, "now"));
  EXPECT_THAT(to_json(world_.shown[0]),
              HasSubstr(R"("session":0,"name":"binh","said":"hello","number":5,)"
                        R"("time":"2026-11-26T14:03:45.678Z","earlier":true})"));
  EXPECT_THAT(world_.take_texts(), ElementsAre("[11-26 14:03] <binh> hello", "<binh> now"));
}

TEST_F(KeptTexts, NoneIsShownTwiceAndTheServerIsToldTheLast) {
  session_.on_event(text(5, "a"));
  session_.on_event(text(6, "b"));
  session_.on_interrupted({});
  session_.on_welcome(welcome(7));
  world_.take_texts();
  EXPECT_EQ(6U, world_.last_text_there);
  session_.on_event(text(6, "b", true));
  session_.on_event(text(7, "c", true));
  EXPECT_THAT(world_.take_texts(), ElementsAre("[11-26 14:03] <binh> c"));
  EXPECT_EQ(7U, world_.last_text_there);
}

TEST_F(KeptTexts, EachRoomHasItsOwnNumbers) {
  session_.on_event(text(500, "here"));
  type("join den");
  EXPECT_EQ(0U, std::get<wire::JoinRoom>(world_.sent.back().verb).last_text);
  answer(0, "", wire::Roster{"den", {member(1, "an")}});
  EXPECT_EQ(0U, world_.last_text_there);
  session_.on_event(text(3, "there"));
  type("join LOBBY");
  EXPECT_EQ(500U, std::get<wire::JoinRoom>(world_.sent.back().verb).last_text);
  EXPECT_THAT(world_.take_texts().back(), "<binh> there");
}

TEST_F(KeptTexts, WhatIsNotKeptHasNoNumberAndIsAlwaysShown) {
  session_.on_event(text(0, "a"));
  session_.on_event(text(0, "a"));
  EXPECT_THAT(world_.take_texts(), ElementsAre("<binh> a", "<binh> a"));
}

TEST_F(KeptTexts, HistoryPagesBackFromTheOldestThatWasShown) {
  session_.on_event(text(50, "a", true));
  session_.on_event(text(51, "b", true));
  world_.take_texts();
  type("history");
  auto asked = std::get<wire::History>(world_.sent.back().verb);
  EXPECT_EQ(50U, asked.before);
  EXPECT_EQ(0U, asked.most);
  answer(0, "", wire::TextPage{{text(48, "x", true), text(49, "y", true)}, true});
  EXPECT_THAT(to_json(world_.shown[0]), HasSubstr(R"("more":true})"));
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("earlier texts of the room lobby:\n  [11-26 14:03] <binh> x\n"
                          "  [11-26 14:03] <binh> y"));
  type("history 5");
  asked = std::get<wire::History>(world_.sent.back().verb);
  EXPECT_EQ(48U, asked.before);
  EXPECT_EQ(5U, asked.most);
  answer(0, "", wire::TextPage{});
  EXPECT_THAT(world_.take_texts(), ElementsAre("there are no earlier texts in the room lobby"));
}

TEST(History, TakesAReasonableNumberAndElseIsWordsOfAText) {
  for (const char* const bad : {"history 0", "history 101", "history -1", "history of art"}) {
    EXPECT_FALSE(parse_command(bad).ok()) << bad;
  }
  EXPECT_EQ("history of art", plain_text("history of art"));
  EXPECT_EQ(std::nullopt, plain_text("history 20"));
}

TEST(SeenTexts, NamesOfRoomsAreOneWhateverTheirCase) {
  SeenTexts seen;
  EXPECT_TRUE(seen.is_new("Den", 7));
  EXPECT_FALSE(seen.is_new("den", 7));
  EXPECT_EQ(7U, seen.newest("DEN"));
  EXPECT_EQ(7U, seen.oldest("DEN"));
  seen.add_earlier("den", 3, 6);
  EXPECT_EQ(3U, seen.oldest("den"));
  EXPECT_EQ(7U, seen.newest("den"));
}

TEST_F(InACall, AMsgIsForOnePersonAndIsToldApart) {
  type("msg \"binh\" are you there?");
  ASSERT_EQ(1U, world_.sent.size());
  EXPECT_EQ("binh", std::get<wire::Tell>(world_.sent[0].verb).name);
  EXPECT_EQ("are you there?", std::get<wire::Tell>(world_.sent[0].verb).text);
  answer();
  EXPECT_THAT(world_.take_texts(), ElementsAre("you say to binh alone: are you there?"));
  session_.on_event(wire::Told{2, "binh", "yes"});
  ASSERT_EQ(1U, world_.shown.size());
  EXPECT_TRUE(world_.shown[0].is_for_you);
  EXPECT_EQ(
      "{\"event\":\"msg\",\"text\":\"binh says to you alone: yes\",\"session\":2,"
      "\"name\":\"binh\",\"said\":\"yes\"}",
      to_json(world_.shown[0]));
  world_.take_texts();
  type("msg nobody hi");
  answer(5, "nobody in your room goes by that name");
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("nobody in your room goes by that name (msg nobody \"hi\")"))
      << "to be said again";
}

TEST_F(InACall, WhoSaysTheUsersNameMeansTheUser) {
  session_.on_event(wire::TextSaid{2, "binh", "hello An!", 0, 0, false});
  session_.on_event(wire::TextSaid{2, "binh", "and so on", 0, 0, false});
  session_.on_event(wire::TextSaid{1, "an", "an is me", 0, 0, false});
  ASSERT_EQ(3U, world_.shown.size());
  EXPECT_TRUE(world_.shown[0].is_for_you);
  EXPECT_FALSE(world_.shown[1].is_for_you);
  EXPECT_FALSE(world_.shown[2].is_for_you);
}

}  // namespace
}  // namespace comcat::client
