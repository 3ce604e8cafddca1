// A loudspeaker that the microphone hears, through real PortAudio: JACK's dummy driver is the sound
// card, and a delay line the room.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calls/without_jack.h"
#include "support/absence.h"
#include "support/jack_deck.h"
#include "support/jack_echo.h"
#include "support/jack_rig.h"
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
