#include "comcat/client/statistics.h"

#include <string>

#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;

Statistics hearing(const playout::PlayoutStats& an) {
  Statistics out;
  out.members[7].name = "an";
  out.playback.speakers[7] = an;
  return out;
}

TEST(Statistics, ConcealedIsAShareOfTheSpeechAlsoWhereHardlyAnyWasPlayed) {
  playout::PlayoutStats an;
  an.played_samples = 9'600;
  an.decoded_samples = 9'600;
  an.concealed_samples = 470'400;
  const Report report = stats_report(hearing(an));
  EXPECT_NE(std::string::npos, report.text.find("concealed 98.0 %")) << report.text;
  EXPECT_NE(std::string::npos, to_json(report).find("\"speech_samples\":480000"));
}

TEST(Statistics, OfSomebodysTwoDevicesEachHasALine) {
  Statistics statistics = hearing({});
  statistics.members[8].name = "an";
  statistics.members[8].twin = 2;
  statistics.playback.speakers[8] = {};
  const Report report = stats_report(statistics);
  EXPECT_NE(std::string::npos, report.text.find("\n  an: ")) << report.text;
  EXPECT_NE(std::string::npos, report.text.find("\n  an (2): ")) << report.text;
  EXPECT_EQ(std::string::npos, to_json(Object(report.details)).find("(2)")) << "no part of it";
}

TEST(Statistics, WhoHasNotSpokenYetHasNothingConcealed) {
  const Report report = stats_report(hearing({}));
  EXPECT_NE(std::string::npos, report.text.find("concealed 0.0 %")) << report.text;
}

TEST(Statistics, MouthToEarIsTheSumOfWhatIsKnown) {
  playout::PlayoutStats an;
  an.delay = 56ms;
  Statistics statistics = hearing(an);
  statistics.round_trip = 1400us;
  statistics.capture.lookahead = 6500us;
  statistics.input_delay = -10ms;
  statistics.output.delay = 20ms;
  EXPECT_EQ(10ms + 7ms + 1ms + 56ms + 20ms, estimate(statistics).total());
}

TEST(Statistics, WhoHearsHimselfIsToldHowLateHeDoes) {
  playout::PlayoutStats an;
  an.delay = 56ms;
  Statistics statistics = hearing(an);
  statistics.members[8].name = "binh";
  statistics.playback.speakers[8].delay = 400ms;
  statistics.round_trip = 90ms;
  statistics.self = 7;
  EXPECT_EQ(std::nullopt, loopback_delay(statistics));
  statistics.loopback = 24'400us;
  ASSERT_NE(std::nullopt, loopback_delay(statistics));
  EXPECT_EQ(20ms + 24ms + 56ms, loopback_delay(statistics)->total());
  const Report report = stats_report(statistics);
  EXPECT_NE(std::string::npos,
            report.text.find("you hear yourself after about 100 ms: there and back 24 ms, "
                             "playout 56 ms"))
      << report.text;
  EXPECT_NE(std::string::npos, to_json(report).find("\"loopback_ms\":100"));
}

TEST(Statistics, AMachineThatIsTooSlowForTheEncoderIsTold) {
  Statistics statistics;
  statistics.capture.encoding_share = 0.2;
  EXPECT_EQ(std::string::npos, stats_report(statistics).text.find("slow"));
  statistics.capture.reduced_effort = 2;
  EXPECT_NE(std::string::npos,
            stats_report(statistics)
                .text.find("encoded with less effort, by 2 of 5 steps, and takes 20.0 % of a"))
      << stats_report(statistics).text;
}

TEST(Statistics, WhatTheDevicesTellOfThemselvesIsCounted) {
  Statistics statistics;
  statistics.input_delay = 12ms;
  statistics.output.delay = 3ms;
  statistics.output.counted_delay = 30ms;
  EXPECT_EQ(20ms + 12ms, estimate(statistics).capture) << "a frame, and what its end waited for";
  EXPECT_EQ(33ms, estimate(statistics).output);
}

TEST(Statistics, SoundThatComesBeforeItsTimeIsNoDelay) {
  Statistics statistics;
  statistics.input_delay = -85'333us;  // a period of 4096 frames, of another JACK client
  statistics.output.delay = 79ms;
  EXPECT_EQ(14ms, estimate(statistics).total());
}

TEST(Statistics, AnEncoderThatIsEasedLooksAheadAsBefore) {
  Statistics statistics;
  statistics.encoder = codec::eased({.frame = 2500us}, 4);
  statistics.capture.lookahead = 2500us;
  EXPECT_EQ(3ms, estimate(statistics).codec);
  EXPECT_EQ(60ms, estimate(statistics).capture);
}

TEST(Statistics, TheWaysOfVoiceAreToldWhereThereAreTwo) {
  Statistics statistics;
  statistics.round_trip = std::chrono::milliseconds(80);
  EXPECT_EQ(std::string::npos, stats_report(statistics).text.find("voice up"));
  transport::PathStatus& path = statistics.stream.path;
  path.offered = true;
  path.up = datagram::Way::kDatagram;
  path.down = datagram::Way::kStream;
  path.loss_up = 0.012;
  path.round_trip = std::chrono::milliseconds(51);
  const Report report = stats_report(statistics);
  EXPECT_NE(
      std::string::npos,
      report.text.find("\nvoice up by datagrams (lost 1.2 %), down by stream, round trip of a "
                       "datagram 51 ms\n"))
      << report.text;
  EXPECT_NE(std::string::npos, to_json(report).find(R"("up":"datagrams","down":"stream")"));
  EXPECT_EQ(80, estimate(statistics).network.count());
  path.down = datagram::Way::kDatagram;
  EXPECT_EQ(51, estimate(statistics).network.count()) << "as voice travels";
}

TEST(Statistics, HalfOfEachRoundTripCountsForWhoIsHeardLast) {
  Statistics statistics;
  statistics.round_trip = 60ms;
  statistics.playback.speakers[7].delay = 30ms;
  EXPECT_EQ(60ms, estimate(statistics).network) << "its way is as ours, for all that is known";
  statistics.round_trips[7] = 4ms;
  EXPECT_EQ(32ms, estimate(statistics).network);
  statistics.playback.speakers[8].delay = 20ms;
  statistics.round_trips[8] = 100ms;
  EXPECT_EQ(80ms, estimate(statistics).network);
  EXPECT_EQ(20ms, estimate(statistics).playout);
}

TEST(Statistics, WhetherTheSystemGrantsRealTimePriorityIsTold) {
  Statistics statistics;
  EXPECT_EQ(std::string::npos, stats_report(statistics).text.find("priority")) << "none asked";
  statistics.realtime = {4, 0};
  const std::string none = stats_report(statistics).text;
  EXPECT_NE(std::string::npos, none.find("0 of 4 have real-time priority (see ulimit -r)")) << none;
  statistics.realtime = {4, 4};
  const Report all = stats_report(statistics);
  EXPECT_NE(std::string::npos, all.text.find("threads of the voice: real-time priority"));
  EXPECT_NE(std::string::npos, to_json(all).find("\"realtime_threads\":4"));
}

TEST(Statistics, WhatTheDevicesSayThatTheyLostIsTold) {
  Statistics statistics;
  statistics.input_xruns = 3;
  statistics.output.xruns = 5;
  const Report report = stats_report(statistics);
  EXPECT_NE(std::string::npos, report.text.find("3 times (sound device)")) << report.text;
  EXPECT_NE(std::string::npos, report.text.find("5 times in the sound device")) << report.text;
  const std::string json = to_json(report);
  EXPECT_NE(std::string::npos, json.find("\"input_xruns\":3")) << json;
  EXPECT_NE(std::string::npos, json.find("\"output_xruns\":5")) << json;
}

}  // namespace
}  // namespace comcat::client
