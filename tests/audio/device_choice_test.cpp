#include "audio/device_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::audio {
namespace {

const std::vector<DeviceInfo> kDesk = {
    {0, "HDA Intel PCH: ALC257 (hw:0,0)", "ALSA", 2, 2, false, false},
    {1, "HDA Intel PCH: HDMI 0 (hw:0,3)", "ALSA", 0, 8, false, false},
    {2, "USB Headset: Audio (hw:1,0)", "ALSA", 1, 2, false, false},
    {3, "default", "ALSA", 32, 32, true, true},
    {4, "sysdefault", "ALSA", 128, 0, false, false},
};

int chosen(const std::string& wanted, Direction direction) {
  const auto device = choose_device(kDesk, wanted, direction);
  return device.ok() ? device->number : -1;
}

std::string refusal(const std::string& wanted, Direction direction) {
  return std::string(choose_device(kDesk, wanted, direction).status().message());
}

TEST(DeviceChoice, NothingSaidMeansTheDefault) {
  EXPECT_EQ(3, chosen("", Direction::kInput));
  EXPECT_EQ(3, chosen("", Direction::kOutput));
}

TEST(DeviceChoice, DigitsAreANumber) {
  EXPECT_EQ(2, chosen("2", Direction::kInput));
}

TEST(DeviceChoice, APartOfTheNameIsEnoughWhateverItsCase) {
  EXPECT_EQ(2, chosen("usb head", Direction::kInput));
  EXPECT_EQ(1, chosen("HDMI", Direction::kOutput));
  EXPECT_EQ(2, chosen("hw:1,0", Direction::kOutput));
}

TEST(DeviceChoice, AWholeNameWinsOverParts) {
  EXPECT_EQ(3, chosen("Default", Direction::kInput));
}

TEST(DeviceChoice, OnlyDevicesOfTheDirectionCount) {
  EXPECT_EQ(0, chosen("hda", Direction::kInput));  // HDMI cannot capture
  EXPECT_EQ(
      "\"hda\" could be 0 (HDA Intel PCH: ALC257 (hw:0,0)), 1 (HDA Intel PCH: HDMI 0 "
      "(hw:0,3)); use the number or more of the name",
      refusal("hda", Direction::kOutput));
  EXPECT_EQ(
      "device 1 (HDA Intel PCH: HDMI 0 (hw:0,3)) cannot capture sound; --devices lists what "
      "there is",
      refusal("1", Direction::kInput));
}

TEST(DeviceChoice, AnUnknownDeviceSaysWhereToLook) {
  EXPECT_EQ("no sound device has \"bluetooth\" in its name; --devices lists what there is",
            refusal("bluetooth", Direction::kInput));
  EXPECT_EQ("there is no sound device 9; --devices lists what there is",
            refusal("9", Direction::kInput));
  EXPECT_EQ("there is no sound device 99999999999999999999; --devices lists what there is",
            refusal("99999999999999999999", Direction::kInput));
}

TEST(DeviceChoice, APathWithoutFileBeforeItSaysHowAFileIsWritten) {
  EXPECT_EQ(
      "no sound device has \"talk.wav\" in its name; --devices lists what there is, and a file is "
      "written file:talk.wav",
      refusal("talk.wav", Direction::kInput));
  EXPECT_THAT(refusal("/tmp/pipe", Direction::kOutput), testing::HasSubstr("file:/tmp/pipe"));
}

TEST(DeviceChoice, AMachineWithoutSoundSaysWhatElseThereIs) {
  const auto input = choose_device({}, "", Direction::kInput);
  EXPECT_EQ(absl::StatusCode::kNotFound, input.status().code());
  EXPECT_EQ(
      "no sound device was found to capture from; connect one, or use --input "
      "file:PATH.wav, tone:HZ or null",
      input.status().message());
  const auto output = choose_device({}, "", Direction::kOutput);
  EXPECT_EQ(
      "no sound device was found to play on; connect one, or use --output file:PATH.wav or "
      "null",
      output.status().message());
}

TEST(DeviceChoice, ManyCandidatesAreCutShort) {
  std::vector<DeviceInfo> many;
  for (int i = 0; i < 40; ++i) many.push_back({i, "card", "ALSA", 1, 1, false, false});
  const auto device = choose_device(many, "card", Direction::kInput);
  EXPECT_NE(std::string::npos, device.status().message().find(" and 32 more;"));
}

}  // namespace
}  // namespace comcat::audio
