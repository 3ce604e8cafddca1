#include "comcat/recording/speaker_timeline.h"

#include <gtest/gtest.h>

#include "recording/voices.h"

namespace comcat::recording {
namespace {

wire::VoicePacket packet(std::uint32_t sequence, std::uint32_t timestamp) {
  return {.sequence = sequence, .timestamp = timestamp, .payload = std::to_string(sequence)};
}

std::vector<std::int64_t> places(const std::vector<PlacedPacket>& packets) {
  std::vector<std::int64_t> out;
  for (const PlacedPacket& it : packets) out.push_back(it.at);
  return out;
}

using Places = std::vector<std::int64_t>;

TEST(SpeakerTimeline, WithinASpurtTheSpeakersTimestampsCountAndNotTheNetwork) {
  SpeakerTimeline timeline;
  timeline.insert(packet(5, 0xFFFF'FFFF - 959), kFrame, 10'000);
  timeline.insert(packet(6, 0), kFrame, 14'000);
  timeline.insert(packet(7, 960), kFrame, 11'000);
  EXPECT_EQ((Places{10'000, 10'960, 11'920}), places(timeline.take_all()));
}

TEST(SpeakerTimeline, WhatOvertookIsPutInOrderAndWhatComesTooLateIsLeftOut) {
  SpeakerTimeline timeline;
  timeline.insert(packet(1, 960), kFrame, 0);
  timeline.insert(packet(3, 2880), kFrame, 2000);
  timeline.insert(packet(2, 1920), kFrame, 2001);
  timeline.insert(packet(2, 1920), kFrame, 2002);
  EXPECT_TRUE(timeline.take(SpeakerTimeline::kPatience - 1).empty());
  EXPECT_EQ((Places{0, 960, 1920}), places(timeline.take(SpeakerTimeline::kPatience + 2001)));
  timeline.insert(packet(2, 1920), kFrame, 60'000);
  EXPECT_TRUE(timeline.take_all().empty());
}

TEST(SpeakerTimeline, BetweenSpurtsThePlaceFollowsTheArrivals) {
  SpeakerTimeline timeline;
  // The first packet of all was 30 ms late, and a clock has run away by 10 ms since.
  timeline.insert(packet(0, 0), kFrame, 1'440);
  timeline.insert(packet(1, 960), kFrame, 960);
  timeline.insert(packet(2, 96'000), kFrame, 96'480);
  timeline.insert(packet(3, 96'960), kFrame, 97'440);
  timeline.insert(packet(4, 192'000), kFrame, 193'000);
  EXPECT_EQ((Places{1'440, 2'400, 96'000, 96'960, 192'480}), places(timeline.take_all()));
}

TEST(SpeakerTimeline, WhoeverStartsAgainOrLiesAboutTheTimeIsPlacedWhereItArrived) {
  SpeakerTimeline timeline;
  timeline.insert(packet(0, 0), kFrame, 0);
  timeline.insert(packet(1, 960 + 3600 * 48'000U), kFrame, 960);
  timeline.insert(packet(500'000, 12), kFrame, 1'920);
  EXPECT_EQ((Places{0, 960, 1'920}), places(timeline.take_all()));
}

}  // namespace
}  // namespace comcat::recording
