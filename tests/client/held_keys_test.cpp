// When a terminal is asked for the events of keys, and told that they are wanted.

#include "client/held_keys.h"

#include <gtest/gtest.h>

#include "client/talk_toggle.h"

namespace comcat::client {
namespace {

constexpr TerminalAnswer kKnown{.of_keyboard = true};
constexpr TerminalAnswer kKind{.of_keyboard = false};

TEST(HeldKeys, NothingIsSaidToATerminalWhileNobodyWantsToKnow) {
  HeldKeys keys;
  EXPECT_EQ("", keys.want(false));
  EXPECT_EQ("", keys.release());
  EXPECT_EQ("", keys.acquire());
  EXPECT_EQ("", keys.take(kKnown)) << "it was not asked";
  EXPECT_FALSE(keys.is_awaiting());
}

TEST(HeldKeys, ATerminalThatKnowsTheProtocolIsToldAndAgainAfterEachAbsence) {
  HeldKeys keys;
  EXPECT_EQ("\033[?u\033[c", keys.want(true));
  EXPECT_TRUE(keys.is_awaiting());
  EXPECT_EQ("", keys.want(true)) << "once";
  EXPECT_EQ("\033[>2u", keys.take(kKnown));
  EXPECT_EQ("", keys.take(kKind));
  EXPECT_FALSE(keys.is_awaiting());
  EXPECT_TRUE(keys.are_told());
  EXPECT_STREQ("\033[<u", held_keys_off());
  EXPECT_EQ("\033[<u", keys.release()) << "Ctrl+Z";
  EXPECT_STREQ("", held_keys_off());
  EXPECT_EQ("\033[>2u", keys.acquire()) << "fg";
  EXPECT_EQ("\033[<u", keys.want(false)) << "another activation";
  EXPECT_EQ("\033[>2u", keys.want(true));
  EXPECT_EQ("\033[<u", keys.release());
}

TEST(HeldKeys, ATerminalThatDoesNotIsAskedOnce) {
  HeldKeys keys;
  EXPECT_EQ("\033[?u\033[c", keys.want(true));
  EXPECT_EQ("", keys.take(kKind));
  EXPECT_FALSE(keys.is_awaiting());
  EXPECT_FALSE(keys.are_told());
  EXPECT_EQ("", keys.want(false));
  EXPECT_EQ("", keys.want(true));
  EXPECT_EQ("", keys.release());
  EXPECT_STREQ("", held_keys_off());
}

TEST(HeldKeys, OfATerminalThatIsAnothersNothingIsAsked) {
  HeldKeys keys;
  EXPECT_EQ("", keys.release());
  EXPECT_EQ("", keys.want(true));
  EXPECT_EQ("\033[?u\033[c", keys.acquire());
  EXPECT_EQ("", keys.release());
  EXPECT_EQ("", keys.take(kKnown)) << "an answer that comes too late";
  EXPECT_EQ("\033[>2u", keys.acquire());
  EXPECT_EQ("\033[<u", keys.release());
}

TEST(TalkToggle, AKeyThatIsHeldIsPressedOnce) {
  using namespace std::chrono_literals;
  TalkToggle toggle;
  base::Time now{1h};
  EXPECT_TRUE(toggle.press(now));
  EXPECT_FALSE(toggle.press(now += 500ms)) << "the first repetition";
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(toggle.press(now += 33ms));
  EXPECT_TRUE(toggle.press(now += 2s));
}

}  // namespace
}  // namespace comcat::client
