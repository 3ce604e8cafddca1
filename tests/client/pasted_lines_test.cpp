#include "client/pasted_lines.h"

#include <optional>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

TEST(PastedLines, AreSaidOneByOneByWhoSaysYes) {
  PastedLines pasted;
  pasted.ask({"one", "two"});
  EXPECT_TRUE(pasted.is_asking());
  EXPECT_EQ("say the 2 lines that were pasted? (y/n) ", pasted.question());
  EXPECT_EQ(std::nullopt, pasted.answer(L'x'));
  EXPECT_EQ(true, pasted.answer(L'Y'));
  EXPECT_FALSE(pasted.is_asking());
  EXPECT_EQ("say one", pasted.take());
  EXPECT_EQ("say two", pasted.take());
  EXPECT_TRUE(pasted.empty());
}

TEST(PastedLines, AreDroppedByWhoSaysNo) {
  PastedLines pasted;
  pasted.ask({"one", "two"});
  EXPECT_EQ(false, pasted.answer(L'n'));
  EXPECT_TRUE(pasted.empty());
}

TEST(PastedLines, ThatAreDroppedOnTheirWayAreCounted) {
  PastedLines pasted;
  pasted.ask({"one", "two", "three"});
  EXPECT_EQ("", pasted.drop()) << "nobody has said yes";
  pasted.ask({"one", "two", "three"});
  EXPECT_EQ(true, pasted.answer(L'y'));
  EXPECT_EQ("say one", pasted.take());
  EXPECT_EQ("not sent: the 2 lines that were still to come\n", pasted.drop());
  EXPECT_TRUE(pasted.empty());
}

}  // namespace
}  // namespace comcat::client
