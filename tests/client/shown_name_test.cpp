#include "client/shown_name.h"

#include <string>

#include <gtest/gtest.h>

#include "comcat/base/unicode.h"

namespace comcat::client {
namespace {

TEST(ShownName, OfWordsIsTheName) {
  for (const char* name : {"an", "Nguyễn Ân", "Jean-Luc", "o'Neill", "J. R.", "an_2", "日本語",
                           "🐈 cat", "👨\u200D👩\u200D👧", "guest 12", "Пётр", "left", "room"}) {
    EXPECT_EQ(name, shown_name(name));
  }
}

TEST(ShownName, ThatLooksLikeAPartOfALineIsQuoted) {
  for (const std::string name : {"<an> pay me", "an> pay me <an",
                                 "binh (you)",  "an (2)",
                                 "an, binh",    "an: hi",
                                 "*** an left", "an joined",
                                 "an left",     "you are muted",
                                 "muted",       "Deafened",
                                 "and 5 more",  "the server says hi",
                                 "> ",          "(muted) >",
                                 "a  b",        "binh（you）",
                                 "an，binh",    "#an",
                                 "a=b",         "1) an",
                                 "│an│",        "‹an›",
                                 "an is away",  "an is back",
                                 "ignored",     "away"}) {
    EXPECT_EQ("\"" + name + "\"", shown_name(name));
  }
}

TEST(ShownName, CannotEndItsOwnQuotes) {
  EXPECT_EQ(R"("an\" left")", shown_name("an\" left"));
  EXPECT_EQ(R"("\\\" an")", shown_name("\\\" an"));
}

TEST(ShownName, IsUnderstoodAsItIsShown) {
  for (const std::string name : {"an", "an (2)", "an\" left", "\\\" an", "\"", "\"an\"", "\\\\"}) {
    EXPECT_EQ(name, typed_name(shown_name(name)));
  }
  EXPECT_EQ("an (2)", typed_name("an (2)"));
}

TEST(ShownName, TypedWithAQuoteThatNothingEndsIsNoticed) {
  for (const char* typed : {"\"", "\"an", "\"an (2)", R"("an\")"}) {
    EXPECT_TRUE(lacks_closing_quote(typed)) << typed;
  }
  for (const char* typed : {"", "an", "an\"", "\"an\"", R"("an\" left")", R"("\\")"}) {
    EXPECT_FALSE(lacks_closing_quote(typed)) << typed;
  }
}

TEST(ShownName, FromRightToLeftDoesNotMoveTheRestOfTheLine) {
  EXPECT_EQ("\u2068שלום\u2069", shown_name("שלום"));
  EXPECT_EQ("\"\u2068שלום (2)\u2069\"", shown_name("שלום (2)"));
  EXPECT_EQ("\u2068مرحبا 123\u2069", shown_text("مرحبا 123"));
  EXPECT_EQ("hello (you)", shown_text("hello (you)"));
}

TEST(Isolates, AreSentOnlyToTerminalsThatAreKnownToObeyThem) {
  EXPECT_TRUE(obeys_isolates("5800"));
  EXPECT_TRUE(obeys_isolates("7006"));
  for (const char* version : {static_cast<const char*>(nullptr), "", "5202", "x"}) {
    EXPECT_FALSE(obeys_isolates(version));
  }
  EXPECT_EQ("<שלום> hi", without_isolates("<" + shown_name("שלום") + "> hi"));
}

}  // namespace
}  // namespace comcat::client
