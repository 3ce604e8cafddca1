// The sound system goes away during a call, and comes back: as it was, or as another. And sound
// devices that nothing good can be said of.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "calls/without_jack.h"
#include "support/absence.h"
#include "support/client_process.h"
#include "support/jack_deck.h"
#include "support/jack_rig.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kRate = 48'000;
constexpr int kPeriod = 1024;
constexpr double kHeard = -30;  // dBFS of a tone that is sent at -6
/// Told within it, and back within it; some seconds of it are for a slow machine.
constexpr Process::Timeout kSoon = 10s;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// Alice is in a call on a JACK server, and somebody else sends a tone all the while.
struct Listening {
  explicit Listening(JackRig& card) : rig(card) {
    EXPECT_TRUE(rig.wait_for_port("alice:in_0") && rig.wait_for_port("alice:out_0"));
    EXPECT_TRUE(alice.prints("type help") && tone.prints("type help"));
  }

  /// What is wrong with the tone that Alice's loudspeaker plays from now on, or "".
  [[nodiscard]] std::string unheard(int rate_hz) const {
    const auto rate = static_cast<std::size_t>(rate_hz);
    const std::size_t tenth = rate / 10;
    JackDeck deck(rig.server_name(), {}, 1);
    if (!rig.connect("alice:out_0", "deck:record_0")) return "alice plays nothing";
    deck.start();
    const Samples played = deck.wait_for(0, 4 * rate);
    std::size_t loud = 0;
    std::size_t all = 0;
    for (std::size_t at = rate; at + tenth <= played.size(); at += tenth, ++all) {
      loud += tone_dbfs(std::span(played).subspan(at, tenth), 440, rate_hz) > kHeard ? 1 : 0;
    }
    if (all > 0 && 10 * loud >= 9 * all) return "";
    return std::to_string(loud) + " of " + std::to_string(all) + " tenths of a second are heard";
  }

  /// Nothing but comcat's own sentences reached the terminal, each once.
  void expect_told_once() {
    EXPECT_EQ(0, alice.stop());
    EXPECT_EQ("", alice.process().output(Process::kErr));
    const std::string& said = alice.process().output(Process::kOut);
    EXPECT_EQ(1U, count_of(said, " failed: ")) << said;
    EXPECT_EQ(1U, count_of(said, "the microphone and the loudspeaker failed: ")) << said;
    // One side may be back sooner than the other on a busy machine.
    EXPECT_EQ(1U, count_of(said, " back; microphone: system; loudspeaker: system")) << said;
    EXPECT_LE(count_of(said, " back; "), 2U) << said;
    for (const char* const theirs : {"Expression", "ALSA", "JACK", "jack", "Pa_", "PortAudio"}) {
      EXPECT_EQ(std::string::npos, said.find(theirs)) << said;
    }
  }

  JackRig& rig;
  ServerProcess server;
  ClientProcess tone{server, "tone", {"--input=tone:440", "--output=null"}};
  ClientProcess alice{server, "alice", {}};
};

struct Restart {
  const char* name;
  bool killed;
  int rate_hz;
  int period_frames;
};

void PrintTo(const Restart& how, std::ostream* out) {
  *out << how.name;
}

class SoundSystem : public ::testing::TestWithParam<Restart> {};

Outcome restart(const Restart& how) {
  const auto rig = JackRig::start(JackRig::Pace::kGoesOn, kPeriod);
  if (rig == nullptr) return {"no JACK server starts", ""};
  Listening call(*rig);
  how.killed ? rig->kill_server() : rig->stop_server();
  const auto away_at = Clock::now();
  const auto cpu_before = call.alice.process().cpu_time();
  EXPECT_TRUE(call.alice.process().wait_for_line(Process::kOut, " failed: ", kSoon));
  // It stays away for a while.
  EXPECT_FALSE(call.alice.process().wait_for_line(Process::kOut, " back; ", 2s));
  const auto cpu = call.alice.process().cpu_time() - cpu_before;
  EXPECT_LT(cpu, (Clock::now() - away_at) / 3) << "silence costs nothing";
  EXPECT_TRUE(rig->start_server(how.rate_hz, how.period_frames));
  EXPECT_TRUE(call.alice.process().wait_for_line(
      Process::kOut, " back; microphone: system; loudspeaker: system", kSoon));
  EXPECT_TRUE(rig->wait_for_port("alice:in_0") && rig->wait_for_port("alice:out_0"));
  const std::string wrong = call.unheard(how.rate_hz);
  call.expect_told_once();
  const int late = rig->xruns();
  return {wrong, late == 0 ? "" : std::to_string(late) + " times too late for the card"};
}

TEST_P(SoundSystem, ThatIsStartedAgainIsHeardAgainByItself) {
  SKIP_WITHOUT_JACK();
  expect_right([&] { return restart(GetParam()); });
}

INSTANTIATE_TEST_SUITE_P(Jack, SoundSystem,
                         ::testing::Values(Restart{"Stopped", false, kRate, kPeriod},
                                           Restart{"Killed", true, kRate, kPeriod},
                                           Restart{"AtAnotherRate", false, 44'100, kPeriod},
                                           Restart{"KilledAndWithAnotherPeriod", true, kRate,
                                                   4096}),
                         [](const auto& how) { return std::string(how.param.name); });

TEST(SoundSystem, WhichWasChosenInTheCallIsTheOneThatIsTakenBack) {
  SKIP_WITHOUT_JACK();
  const auto rig = JackRig::start(JackRig::Pace::kGoesOn, kPeriod);
  ASSERT_NE(nullptr, rig);
  ServerProcess server;
  ClientProcess alice(server, "alice", {"--input=null", "--output=null"});
  ASSERT_TRUE(alice.prints("type help"));
  alice.type("output device");
  EXPECT_TRUE(alice.prints("microphone: null; loudspeaker: system"));
  alice.type("input system");
  EXPECT_TRUE(alice.prints("microphone: system; loudspeaker: system"));
  EXPECT_TRUE(rig->wait_for_port("alice:in_0"));
  rig->kill_server();
  EXPECT_TRUE(alice.process().wait_for_line(Process::kOut, " failed: ", kSoon));
  EXPECT_TRUE(rig->start_server(kRate, kPeriod));
  EXPECT_TRUE(alice.process().wait_for_line(Process::kOut, " back; ", kSoon));
  EXPECT_TRUE(rig->wait_for_port("alice:in_0") && rig->wait_for_port("alice:out_0"));
  EXPECT_EQ(0, alice.stop());
}

Outcome other_periods() {
  const auto rig = JackRig::start(JackRig::Pace::kGoesOn, kPeriod);
  if (rig == nullptr) return {"no JACK server starts", ""};
  Listening call(*rig);
  std::string wrong;
  for (const int period_frames : {4096, 512}) {
    EXPECT_TRUE(rig->change_period(period_frames));
    const std::string unheard = call.unheard(kRate);
    if (!unheard.empty()) wrong += std::to_string(period_frames) + ": " + unheard + "; ";
  }
  EXPECT_EQ(0, call.alice.stop());
  const int late = rig->xruns();
  return {wrong, late == 0 ? "" : std::to_string(late) + " times too late for the card"};
}

TEST(SoundSystem, WhosePeriodChangesDuringTheCallIsHeardAllTheSame) {
  SKIP_WITHOUT_JACK();
  expect_right(other_periods);
}

/// A configuration of ALSA, whose devices are all that there are.
class AlsaDevices {
 public:
  explicit AlsaDevices(const std::string& devices) {
    // PortAudio aborts where there is no sound card at all.
    std::ofstream(path()) << "pcm.absent { type hw card 31 }\n" << devices;
  }
  [[nodiscard]] std::string path() const { return directory_.file("alsa.conf"); }
  [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
  [[nodiscard]] Process::Options options() const {
    Process::Options options;
    options.environment = {{"ALSA_CONFIG_PATH", path()},
                           {"JACK_NO_START_SERVER", "1"},
                           {"JACK_DEFAULT_SERVER", "comcat-nobody"}};
    return options;
  }

 private:
  const TemporaryDirectory directory_;
};

TEST(SoundDevice, ThatSpinsIsGivenUpAndTheCallGoesOnWithoutIt) {
  // ALSA's null device takes whatever there is, at once.
  const AlsaDevices devices("pcm.spin { type null }\n");
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=null", "--output=spin"}, devices.options());
  ClientProcess binh(server, "binh", {"--input=null", "--output=null"});
  ASSERT_TRUE(an.prints("type help") && binh.prints("type help"));
  const auto line = an.process().wait_for_line(Process::kOut, "the loudspeaker failed: ", kSoon);
  ASSERT_TRUE(line);
  binh.type("say are you there");
  EXPECT_TRUE(an.prints("<binh> are you there"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ("", an.process().output(Process::kErr));
  EXPECT_EQ(0, binh.stop());
}

TEST(SoundDevice, ThatDisappearsIsReplacedByTheDefaultOneUntilItIsBack) {
  SKIP_WITHOUT_JACK();
  const auto rig = JackRig::start(JackRig::Pace::kGoesOn, kPeriod);
  ASSERT_NE(nullptr, rig);
  // PortAudio takes ALSA's for the default one; it spins, and so has its place for a moment only.
  const AlsaDevices devices("pcm.spin { type null }\n");
  Process::Options options;
  options.environment = {{"ALSA_CONFIG_PATH", devices.path()}};
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=null", "--output=system"}, options);
  ASSERT_TRUE(an.prints("loudspeaker: system"));
  ASSERT_TRUE(rig->wait_for_port("an:out_0"));
  rig->kill_server();
  EXPECT_TRUE(an.process().wait_for_line(Process::kOut, "the loudspeaker failed: ", kSoon));
  EXPECT_TRUE(an.process().wait_for_line(
      Process::kOut,
      "until it is back the default sound device takes its place; microphone: null; loudspeaker: "
      "spin",
      kSoon));
  EXPECT_TRUE(rig->start_server(kRate, kPeriod));
  EXPECT_TRUE(an.process().wait_for_line(
      Process::kOut, "the loudspeaker is back; microphone: null; loudspeaker: system", kSoon));
  EXPECT_TRUE(rig->wait_for_port("an:out_0"));
  EXPECT_EQ(0, an.stop());
  EXPECT_EQ("", an.process().output(Process::kErr));
}

TEST(SoundDevice, ThatNeverOpensEndsTheAttemptWithASentence) {
  // Its file is a FIFO that nobody reads: whoever opens it waits for ever.
  const AlsaDevices place("");
  const AlsaDevices devices(
      "pcm.silent { type null }\npcm.hang { type file slave.pcm silent file \"" +
      place.file("fifo") + "\" format raw }\n");
  ASSERT_EQ(0, ::mkfifo(place.file("fifo").c_str(), 0600));
  ServerProcess server;
  ClientProcess an(server, "an", {"--input=null", "--output=hang"}, devices.options());
  EXPECT_EQ(6, an.process().wait_exit());
  EXPECT_NE(std::string::npos,
            an.process().output(Process::kErr).find("the sound system does not answer"));
}

}  // namespace
}  // namespace comcat::testing
