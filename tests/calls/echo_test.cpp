// A loudspeaker that the microphone hears, through real PortAudio: JACK's dummy driver is the sound
// card, and a delay line the room.

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calls/without_jack.h"
#include "support/absence.h"
#include "support/client_process.h"
#include "support/jack_deck.h"
#include "support/jack_echo.h"
#include "support/jack_rig.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::size_t kSecond = 48'000;
constexpr int kPeriodFrames = 1024;
constexpr auto kRoomDelay = 40ms;
constexpr double kRoomDb = -10;

std::string lateness(const JackRig& rig) {
  return rig.xruns() == 0 ? "" : std::to_string(rig.xruns()) + " times too late for the card";
}

/// As much of it as is wanted, of one who never pauses for long.
Samples talk(std::size_t samples) {
  Samples out;
  while (out.size() < samples) {
    for (const char* sentence :
         {"The quick brown fox jumps over the lazy dog.", "She sells sea shells by the sea shore.",
          "Six thick thistle sticks, and what shall we sing tonight?"}) {
      const Samples said = speak(sentence);
      out.insert(out.end(), said.begin(), said.end());
    }
  }
  out.resize(samples);
  return out;
}

/// How much quieter than `echo` it is `heard` in half of the seconds, from `begin` on.
double usual_reduction_db(const Samples& echo, const Samples& heard, std::size_t begin) {
  std::vector<double> seconds;
  for (std::size_t at = begin; at + kSecond <= std::min(echo.size(), heard.size()); at += kSecond) {
    const auto level = [&](const Samples& all) {
      return rms_dbfs(std::span(all).subspan(at, kSecond));
    };
    seconds.push_back(level(echo) - level(heard));
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds.empty() ? 0 : seconds[seconds.size() / 2];
}

/// How much quieter Bob hears himself than he would if nothing were done.
Outcome others_hear_themselves() {
  constexpr std::size_t kConverged = 5 * kSecond;
  constexpr std::size_t kEnd = 12 * kSecond;
  constexpr double kRemovedDb = 30;
  const auto rig = JackRig::start(JackRig::Pace::kGoesOn, kPeriodFrames);
  const JackEcho room(rig->server_name(), kRoomDelay, kRoomDb);
  const ServerProcess server({}, /*tls=*/true);
  ClientProcess alice(server, "alice", {"--noise=off", "--gain=off", "--activation=always"});
  ClientProcess bob(server, "bob",
                    {"--echo=off", "--noise=off", "--gain=off", "--activation=always"});
  for (const char* port : {"alice:in_0", "alice:out_0", "bob:in_0", "bob:out_0"}) {
    EXPECT_TRUE(rig->wait_for_port(port)) << port;
  }
  JackDeck deck(rig->server_name(), {talk(kEnd)}, 2);
  EXPECT_TRUE(rig->connect("deck:play_0", "bob:in_0"));
  EXPECT_TRUE(rig->connect("alice:out_0", "echo:in") && rig->connect("echo:out", "alice:in_0"));
  EXPECT_TRUE(rig->connect("echo:out", "deck:record_0"));
  EXPECT_TRUE(rig->connect("bob:out_0", "deck:record_1"));
  deck.start();
  const Samples echo = deck.wait_for(0, kEnd);
  const Samples heard = deck.wait_for(1, kEnd);
  alice.type("stats");
  EXPECT_TRUE(alice.prints("dB of echo"));
  EXPECT_EQ(0, alice.stop());
  EXPECT_EQ(0, bob.stop());
  if (echo.size() < kEnd || heard.size() < kEnd) return {"the card stands still", lateness(*rig)};
  EXPECT_GT(rms_dbfs(std::span(echo).subspan(kConverged)), -50) << "there is an echo at all";
  const double removed = usual_reduction_db(echo, heard, kConverged);
  if (removed >= kRemovedDb) return {"", ""};
  return {std::to_string(removed) + " dB of the echo are removed\n" +
              alice.process().output(Process::kOut),
          lateness(*rig)};
}

TEST(EchoCall, OthersDoNotHearThemselvesThroughALoudspeakerBesideTheMicrophone) {
  SKIP_WITHOUT_JACK();
  expect_right(others_hear_themselves);
}

Outcome checked() {
  const auto rig = JackRig::start(JackRig::Pace::kGoesOn, kPeriodFrames);
  const JackEcho room(rig->server_name(), kRoomDelay, kRoomDb);
  const TemporaryDirectory directory;
  Process::Options options;
  options.environment = {{"COMCAT_JACK_NAME", "alice"}};
  Process check({program("comcat-client"), "--check", "--state_dir=" + directory.path()}, options);
  EXPECT_TRUE(rig->wait_for_port("alice:in_0") && rig->wait_for_port("alice:out_0"));
  EXPECT_TRUE(rig->connect("alice:out_0", "echo:in") && rig->connect("echo:out", "alice:in_0"));
  JackDeck deck(rig->server_name(), {make_speech(10 * kSecond)}, 1);
  EXPECT_TRUE(rig->connect("deck:play_0", "alice:in_0"));
  EXPECT_TRUE(check.wait_for_line(Process::kOut, "now speak"));
  deck.start();
  const auto code = check.wait_exit();
  const std::string& said = check.output(Process::kOut);
  EXPECT_EQ("", check.output(Process::kErr));
  EXPECT_THAT(said, HasSubstr("loudspeaker: what it plays comes into the microphone after "));
  return {code == 0 ? "" : "checked with code " + std::to_string(code.value_or(-1)) + ":\n" + said,
          lateness(*rig)};
}

TEST(Checked, ALoudspeakerThatTheMicrophoneHearsAndSomebodyWhoSpeaksAreFine) {
  SKIP_WITHOUT_JACK();
  expect_right(checked);
}

}  // namespace
}  // namespace comcat::testing
