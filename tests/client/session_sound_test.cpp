// The words for one's own devices, which the sound system answers when it can.

#include <string>

#include <gmock/gmock.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SoundWords : public InACall {
 protected:
  SoundWords() : InACall({"an", "lobby", "example.org:50051", false, PlainText::kHint, true}) {}
};

TEST_F(SoundWords, AnotherDeviceIsToldOnceItIsOpen) {
  type("input usb headset");
  type(R"({"command":"output","device":"file:a b.wav","id":5})");
  ASSERT_EQ(2U, world_.chosen.size());
  EXPECT_TRUE(world_.chosen[0].input);
  EXPECT_EQ("usb headset", world_.chosen[0].spec);
  EXPECT_FALSE(world_.chosen[1].input);
  EXPECT_EQ("file:a b.wav", world_.chosen[1].spec);
  EXPECT_THAT(world_.shown, IsEmpty());
  session_.on_sound(Report("error", "no sound device has \"usb headset\" in its name"));
  session_.on_sound(Report("sound", "microphone: null; loudspeaker: file:a b.wav"));
  ASSERT_EQ(2U, world_.shown.size());
  EXPECT_THAT(to_json(world_.shown[0]), ::testing::Not(HasSubstr("\"id\"")));
  EXPECT_THAT(to_json(world_.shown[1]), HasSubstr(R"("event":"sound")"));
  EXPECT_THAT(to_json(world_.shown[1]), HasSubstr(R"("id":5)"));
}

TEST_F(SoundWords, AloneTheyTellWhatIsUsed) {
  type("input");
  type("output");
  EXPECT_THAT(world_.chosen, IsEmpty());
  EXPECT_THAT(world_.take_texts(), ElementsAre("microphone: null", "microphone: null"));
}

TEST_F(SoundWords, AloneRightAfterAChoiceTheyTellWhatIsUsedThen) {
  type("input tone:440");
  type("input");
  EXPECT_THAT(world_.shown, IsEmpty()) << "it is not open yet";
  ASSERT_EQ(2U, world_.chosen.size());
  EXPECT_EQ("", world_.chosen[1].spec);
}

TEST_F(SoundWords, WhatCannotBeChosenNowIsSaidAtOnce) {
  world_.card = absl::InvalidArgumentError("--input - is for a whole call");
  type("input -");
  EXPECT_THAT(world_.take_texts(), ElementsAre("--input - is for a whole call"));
  session_.on_sound(Report("sound", "nobody has asked"));
  EXPECT_THAT(world_.shown, IsEmpty());
}

TEST_F(SoundWords, ASoundSystemThatIsSlowHoldsLaterLinesUpAndNotTheEnd) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(session_.takes_lines());
    type("devices");
  }
  EXPECT_FALSE(session_.takes_lines());
  session_.on_sound(Report("devices", "none"));
  EXPECT_TRUE(session_.takes_lines());
  type("stop");
  EXPECT_EQ(0, world_.left) << "the answers are waited for";
  EXPECT_EQ(now_ + CommandOutbox::kPatience, session_.next_deadline());
  session_.step(now_ + CommandOutbox::kPatience);
  EXPECT_EQ(1, world_.left);
}

TEST_F(SoundWords, StopWaitsForTheLastAnswer) {
  type("output null");
  type("stop");
  EXPECT_EQ(0, world_.left);
  session_.on_sound(Report("sound", "loudspeaker: null"));
  EXPECT_THAT(world_.take_texts(), ElementsAre("loudspeaker: null"));
  EXPECT_EQ(1, world_.left);
}

}  // namespace
}  // namespace comcat::client
