// What the network did, as lines.

#include "comcat/client/arrival_log.h"

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

constexpr base::Time kBegin{100s};

PacketArrival packet(std::uint32_t number, base::Duration at, wire::SessionNumber speaker = 7) {
  return {.speaker = speaker,
          .sequence = number,
          .timestamp = number * 960,
          .bytes = 80,
          .at = kBegin + at};
}

TEST(ArrivalLog, EachPacketIsALineOfWhenItWasSentAndCame) {
  ArrivalLog log;
  log.insert(packet(5, 0ms));
  log.insert(packet(6, 21500us));
  EXPECT_EQ("0.000,1000.000,80,7\n20.000,1021.500,80,7\n", log.take_all());
  EXPECT_EQ("", log.take_all());
}

TEST(ArrivalLog, WhatNeverCameHasNoArrival) {
  ArrivalLog log;
  log.insert(packet(0, 0ms));
  log.insert(packet(3, 60ms));
  EXPECT_EQ("0.000,1000.000,80,7\n20.000,,0,7\n40.000,,0,7\n60.000,1060.000,80,7\n",
            log.take_all());
}

TEST(ArrivalLog, PacketsThatOvertakeEachOtherAreWrittenInTheOrderOfSending) {
  ArrivalLog log;
  log.insert(packet(0, 0ms));
  log.insert(packet(2, 40ms));
  log.insert(packet(1, 45ms));
  EXPECT_EQ("", log.take(kBegin + 1999ms)) << "one before them may still come";
  EXPECT_EQ("0.000,1000.000,80,7\n", log.take(kBegin + 2s));
  EXPECT_EQ("20.000,1045.000,80,7\n40.000,1040.000,80,7\n", log.take(kBegin + 3s));
  log.insert(packet(1, 3s));
  EXPECT_EQ("", log.take_all()) << "a duplicate";
}

TEST(ArrivalLog, EachSpeakerHasAClockOfHisOwn) {
  ArrivalLog log;
  log.insert(packet(5, 0ms, 1));
  log.insert(packet(9, 3ms, 2));
  log.insert(packet(6, 20ms, 1));
  EXPECT_EQ("0.000,1000.000,80,1\n20.000,1020.000,80,1\n0.000,1000.000,80,2\n", log.take_all());
}

TEST(ArrivalLog, NumbersMayWrap) {
  ArrivalLog log;
  PacketArrival last = packet(0, 0ms);
  last.sequence = 0xFFFFFFFF;
  last.timestamp = 0xFFFFFFFF - 959;
  log.insert(last);
  log.insert(packet(0, 20ms));
  EXPECT_EQ("0.000,1000.000,80,7\n20.000,1020.000,80,7\n", log.take_all());
}

TEST(ArrivalLog, ASpeakerWhoStartsAgainIsAnother) {
  ArrivalLog log;
  log.insert(packet(5000, 0ms));
  log.insert(packet(0, 1s));
  log.insert(packet(1, 1020ms));
  EXPECT_EQ("0.000,1000.000,80,7\n0.000,1000.000,80,7-2\n20.000,1020.000,80,7-2\n", log.take_all());
}

TEST(ArrivalLog, WhatComesTooLateToBeInOrderIsLeftAsLost) {
  ArrivalLog log;
  log.insert(packet(0, 0ms));
  log.insert(packet(2, 40ms));
  EXPECT_NE("", log.take(kBegin + 3s));
  log.insert(packet(1, 3s));
  EXPECT_EQ("", log.take_all());
}

}  // namespace
}  // namespace comcat::client
