// What Tab makes of a line.

#include "client/completion.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "client/line_text.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Lines = std::vector<std::string>;

const Lines kPeople{"an", "Anh Thư", "binh", "binh, the 2nd", "Đạt"};
const Lines kRooms{"lobby", "attic", "the attic"};
const Lines kMicrophones{"HDA Intel: ALC (hw:0,0)", "Headset, mono"};
const Lines kLoudspeakers{"HDA Intel: ALC (hw:0,0)", "HDA Intel: HDMI (hw:0,3)"};

/// `before` after Tab, and what is listed.
struct Tabbed {
  std::string line;
  Lines choices;
};
Tabbed tab(const std::string& before) {
  use_utf8();
  const auto query = completion_query(before);
  if (!query) return {before, {}};
  using Names = CompletionQuery::Names;
  const Lines names = query->names == Names::kPeople         ? kPeople
                      : query->names == Names::kRooms        ? kRooms
                      : query->names == Names::kMicrophones  ? kMicrophones
                      : query->names == Names::kLoudspeakers ? kLoudspeakers
                                                             : Lines{};
  const Completion done = complete(before, *query, names);
  return {before.substr(0, query->begin) + done.text, done.choices};
}

TEST(Completion, AWordIsCompletedWithASlashBeforeItAndInAnyCase) {
  EXPECT_EQ("unmute ", tab("unm").line);
  EXPECT_EQ("/unmute ", tab("/unm").line);
  EXPECT_EQ("deafen ", tab("DEA").line);
  EXPECT_EQ("  deafen ", tab("  dea").line);
  EXPECT_THAT(tab("s").choices, ElementsAre("say", "stats", "stop"));
  EXPECT_EQ("xyz", tab("xyz").line);
}

TEST(Completion, APersonsNameIsCompletedAndPutBetweenQuotesWhereItHasTo) {
  EXPECT_EQ("volume Đạt ", tab("volume đ").line);
  EXPECT_EQ("volume \"Anh Thư\" ", tab("volume anh").line);
  EXPECT_EQ("volume \"Anh Thư\" ", tab("volume \"anh t").line);
  EXPECT_EQ("volume \"binh, the 2nd\" ", tab("volume \"binh,").line);
  EXPECT_EQ("volume \"an", tab("volume \"an").line);
  EXPECT_THAT(tab("volume an").choices, ElementsAre("\"Anh Thư\"", "an"));
  EXPECT_THAT(tab("volume binh").choices, ElementsAre("binh", "\"binh, the 2nd\""));
  EXPECT_EQ("volume an ", tab("volume an ").line);
  EXPECT_THAT(tab("volume an ").choices, IsEmpty());
}

TEST(Completion, ARoomMayHaveBlanksWithoutQuotes) {
  EXPECT_EQ("join lobby ", tab("join lo").line);
  EXPECT_EQ("join \"the attic\" ", tab("join the a").line);
  EXPECT_EQ("/who attic ", tab("/who at").line);
}

TEST(Completion, WordsThatComeBetweenArgumentsAreCompletedToo) {
  EXPECT_EQ("kick an for ", tab("kick an f").line);
  EXPECT_EQ("kick \"Anh Thư\" because ", tab("kick \"Anh Thư\" b").line);
  EXPECT_THAT(tab("kick an ").choices, ElementsAre("because", "for"));
  EXPECT_EQ("kick an for 10m because ", tab("kick an for 10m ").line);
  EXPECT_EQ("kick an because Đạt ", tab("kick an because Đ").line);
  EXPECT_EQ("rooms names ", tab("rooms n").line);
  EXPECT_EQ("stop x", tab("stop x").line);
}

TEST(Completion, WithinATextTheNameOfSomebodyIsCompletedAsItIs) {
  EXPECT_EQ("say ask Đạt ", tab("say ask đạ").line);
  EXPECT_EQ("say Anh Thư ", tab("say anh").line);
  EXPECT_EQ("where is Đạt ", tab("where is Đ").line);
  EXPECT_EQ("/nothing an", tab("/nothing an").line);
}

TEST(Completion, ADeviceIsCompletedForTheSideThatItIsForAndStandsWithoutQuotes) {
  EXPECT_EQ("input Headset, mono ", tab("input HE").line);
  EXPECT_EQ("output HDA Intel: ", tab("output hda").line);
  EXPECT_EQ("output HDA Intel: HDMI (hw:0,3) ", tab("output hda intel: h").line);
  EXPECT_THAT(tab("/output ").choices,
              ElementsAre("HDA Intel: ALC (hw:0,0)", "HDA Intel: HDMI (hw:0,3)", "device", "null"));
  EXPECT_EQ("input null ", tab("input n").line);
}

TEST(Completion, NobodysNameIsPutIntoAPath) {
  EXPECT_EQ("record an", tab("record an").line);
  EXPECT_THAT(tab("play ").choices, IsEmpty());
}

TEST(Completion, WhatManyNamesBeginWithIsNeverHalfACharacter) {
  use_utf8();
  EXPECT_EQ("x", common_start({"x\u00E9", "x\u00E8"}));
}

}  // namespace
}  // namespace comcat::client
