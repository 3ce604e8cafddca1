// What is said of what was measured: what is wrong, and what to do.

#include "comcat/client/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comcat::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Verdict = Finding::Verdict;

SoundMeasures good() {
  SoundMeasures out;
  out.input = out.output = "device";
  out.background_dbov = -65;
  out.voice_dbov = -24;
  out.echo = Echo{2208, -12};
  out.echo_delay = 46ms;
  out.removed_db = 34;
  return out;
}

ServerMeasures near() {
  ServerMeasures out;
  out.server = "example.org:50051";
  out.round_trip = 11'600us;
  out.voice_trip = 12ms;
  out.path.offered = true;
  out.path.up = out.path.down = datagram::Way::kDatagram;
  out.sent_frames = out.returned_frames = 110;
  return out;
}

Finding microphone(const SoundMeasures& it) {
  return findings_of(it).at(0);
}
Finding loudspeaker(const SoundMeasures& it) {
  return findings_of(it).at(1);
}
Finding echo(const SoundMeasures& it) {
  return findings_of(it).at(2);
}

TEST(Findings, WhereAllIsWellNothingIsToBeDone) {
  for (const Finding& it : findings_of(good())) EXPECT_EQ(Verdict::kFine, it.verdict) << it.text;
  for (const Finding& it : findings_of(near())) EXPECT_EQ(Verdict::kFine, it.verdict) << it.text;
  const Finding delay = delay_of(good(), near());
  EXPECT_EQ(Verdict::kFine, delay.verdict);
  EXPECT_THAT(delay.text, HasSubstr("about 120 ms from your mouth")) << "46 + 12 + 62";
  EXPECT_EQ(
      "microphone: it hears you well (your voice is at -24 dBov, what is around you at "
      "-65 dBov); leave it as it is",
      report_of(microphone(good())).text);
  EXPECT_THAT(to_json(report_of(echo(good()))),
              HasSubstr("\"subject\":\"echo\",\"verdict\":\"fine\",\"removed_db\":34"));
}

TEST(Findings, AMicrophoneThatIsSilentTooLoudOrTooQuietIsTold) {
  SoundMeasures it = good();
  it.only_zeros = true;
  EXPECT_EQ(Verdict::kNotFine, microphone(it).verdict);
  EXPECT_THAT(microphone(it).text, HasSubstr("it gives nothing at all; plug it in"));
  it = good();
  it.clipped_samples = 500;
  EXPECT_THAT(microphone(it).text, HasSubstr("too loud and distorts; turn it down"));
  it = good();
  it.voice_dbov = -62;
  EXPECT_THAT(microphone(it).text, HasSubstr("nobody was heard while you were to speak"));
  it.voice_dbov = -47;
  EXPECT_THAT(microphone(it).text, HasSubstr("too quiet"));
  it = good();
  it.background_dbov = -33;
  EXPECT_THAT(microphone(it).text, HasSubstr("--noise high"));
  EXPECT_EQ(Verdict::kNotFine, microphone(it).verdict);
}

TEST(Findings, WithHeadphonesThereIsNoEchoAndTheEarHasToJudge) {
  SoundMeasures it = good();
  it.echo.reset();
  it.echo_delay = 0us;
  it.told_delay = 30ms;
  EXPECT_EQ(Verdict::kNotJudged, loudspeaker(it).verdict);
  EXPECT_THAT(loudspeaker(it).text, HasSubstr("if you heard no three chirps, turn it up"));
  EXPECT_EQ(Verdict::kFine, echo(it).verdict);
  EXPECT_THAT(delay_of(it, {}).text, HasSubstr("take 30 ms together, as they tell it"));
}

TEST(Findings, AnEchoThatStaysIsToldWithWhatHelps) {
  SoundMeasures it = good();
  it.removed_db = 7;
  EXPECT_EQ(Verdict::kNotFine, echo(it).verdict);
  EXPECT_THAT(echo(it).text, HasSubstr("only 7 dB of it are removed"));
  EXPECT_THAT(echo(it).text, HasSubstr("headphones"));
  it.echo->gain_db = -40;
  EXPECT_EQ(Verdict::kFine, echo(it).verdict) << "nobody hears it";
  it.removed_db.reset();
  EXPECT_EQ(Verdict::kNotJudged, echo(it).verdict);
}

TEST(Findings, OfWhatIsNoDeviceNothingIsClaimed) {
  SoundMeasures it;
  it.input = "tone:440";
  it.output = "null";
  it.microphone = it.loudspeaker = false;
  for (const Finding& finding : findings_of(it)) {
    EXPECT_EQ(Verdict::kNotJudged, finding.verdict) << finding.text;
  }
  EXPECT_THAT(microphone(it).text, HasSubstr("--input tone:440 is no sound device"));
  EXPECT_EQ(Verdict::kNotJudged, delay_of(it, {}).verdict);
  EXPECT_THAT(delay_of(it, near()).text, HasSubstr("without the devices"));
}

TEST(Findings, WhatTheServerLacksIsTold) {
  ServerMeasures it = near();
  it.failure = transport::Failure{.kind = transport::FailureKind::kRefused,
                                  .sentence = "example.org refused: the passcode is wrong",
                                  .advice = "correct it"};
  ASSERT_EQ(1U, findings_of(it).size());
  EXPECT_EQ(Verdict::kNotFine, findings_of(it)[0].verdict);
  EXPECT_THAT(findings_of(it)[0].text, HasSubstr("the passcode is wrong; correct it"));
  it = near();
  it.path.up = datagram::Way::kStream;
  EXPECT_EQ(Verdict::kNotFine, findings_of(it).at(1).verdict);
  EXPECT_THAT(findings_of(it)[1].text, HasSubstr("UDP does not get through"));
  it.path.offered = false;
  EXPECT_EQ(Verdict::kNotJudged, findings_of(it).at(1).verdict);
  it.voice_trip.reset();
  EXPECT_EQ(Verdict::kNotFine, findings_of(it).at(0).verdict);
}

TEST(Findings, WhatMakesACallLateIsNamed) {
  SoundMeasures slow = good();
  slow.echo_delay = 240ms;
  EXPECT_EQ(Verdict::kNotFine, delay_of(slow, near()).verdict);
  EXPECT_THAT(delay_of(slow, near()).text, HasSubstr("your devices take 240 ms"));
  EXPECT_EQ(Verdict::kNotFine, delay_of(slow, {}).verdict);
  ServerMeasures far = near();
  far.voice_trip = 260ms;
  EXPECT_THAT(delay_of(good(), far).text, HasSubstr("the network takes 260 ms"));
}

}  // namespace
}  // namespace comcat::client
