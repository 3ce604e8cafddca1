// What current desktops run as their sound system is restarted during a call.

#include <chrono>
#include <csignal>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "support/absence.h"
#include "support/client_process.h"
#include "support/pipewire_rig.h"
#include "support/sanitizers.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSecond = 48'000;
constexpr std::size_t kToneSeconds = 4;
constexpr double kHeard = -30;  // dBFS of a tone that is sent at -6
constexpr Process::Timeout kSoon = 12s;
constexpr auto kTimeOfSomeTries = 8s;  // each takes five seconds

/// A tone is sent to Alice for four seconds: in how many tenths of a second her loudspeaker plays
/// it.
std::size_t tenths_heard(const PipeWireRig& rig, const ServerProcess& server) {
  constexpr std::size_t kTenth = kSecond / 10;
  const TemporaryDirectory directory;
  write_file(directory.file("tone.wav"), padded(make_tone(440, kToneSeconds * kSecond), kSecond));
  const auto recorder = rig.record(directory.file("played.wav"));
  ClientProcess tone(server, "tone",
                     {"--input=file:" + directory.file("tone.wav"), "--output=null"});
  EXPECT_TRUE(tone.prints("the input file is at its end"));
  EXPECT_EQ(0, tone.stop());
  recorder->signal(SIGINT);
  std::ignore = recorder->wait_exit();
  const Samples played = read_file(directory.file("played.wav"));
  std::size_t loud = 0;
  for (std::size_t at = 0; at + kTenth <= played.size(); at += kTenth) {
    loud += tone_dbfs(std::span(played).subspan(at, kTenth), 440) > kHeard ? 1 : 0;
  }
  return loud;
}

struct Restart {
  const char* name;
  bool killed;
  int rate_hz;
};

void PrintTo(const Restart& how, std::ostream* out) {
  *out << how.name;
}

Outcome restart(PipeWireRig& rig, const Restart& how) {
  ServerProcess server;
  ClientProcess alice(server, "alice", {}, rig.options());
  EXPECT_TRUE(alice.prints("type help"));
  const std::size_t before = tenths_heard(rig, server);
  rig.end(how.killed);
  EXPECT_TRUE(alice.process().wait_for_line(Process::kOut,
                                            "the microphone and the loudspeaker failed: ", kSoon));
  EXPECT_TRUE(rig.start_again(how.rate_hz));
  EXPECT_TRUE(alice.process().wait_for_line(
      Process::kOut, " back; microphone: default; loudspeaker: default", kSoon));
  const auto cpu_before = alice.process().cpu_time();
  const std::size_t after = tenths_heard(rig, server);
  EXPECT_LT(alice.process().cpu_time() - cpu_before, 3s) << "nothing spins";
  EXPECT_EQ(0, alice.stop());
  EXPECT_EQ("", alice.process().output(Process::kErr));
  const std::string& said = alice.process().output(Process::kOut);
  for (const char* const theirs : {"Expression", "ALSA", "jack", "Pa_", "pw."}) {
    EXPECT_EQ(std::string::npos, said.find(theirs)) << said;
  }
  // PipeWire on a busy machine loses some of it whoever plays: as much is heard as before.
  if (before >= 5 * kToneSeconds && 10 * after >= 9 * before) return {""};
  return {"a tone of " + std::to_string(kToneSeconds) + " s is heard for " +
          std::to_string(before) + " tenths of a second before and " + std::to_string(after) +
          " after"};
}

class PipeWire : public ::testing::TestWithParam<Restart> {};

TEST_P(PipeWire, ThatIsRestartedIsHeardAgainByItself) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's programs are too slow for a sound card";
  const auto rig = PipeWireRig::start();
  if (rig == nullptr) {
    GTEST_SKIP() << "no PipeWire can be started here (are pipewire, pipewire-alsa, wireplumber and "
                    "dbus installed?)";
  }
  expect_right([&] { return restart(*rig, GetParam()); });
}

/// How often `words` are in `text`.
std::size_t count(const std::string& text, const std::string& words) {
  std::size_t out = 0;
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++out;
  return out;
}

TEST(PipeWireAlone, WhichOpensAndConnectsNothingIsNotSaidToBeBack) {
  const auto rig = PipeWireRig::start();
  if (rig == nullptr) GTEST_SKIP() << "no PipeWire can be started here";
  ServerProcess server;
  ClientProcess alice(server, "alice", {}, rig->options());
  ASSERT_TRUE(alice.prints("type help"));
  rig->end(true);
  ASSERT_TRUE(alice.process().wait_for_line(Process::kOut, "the loudspeaker failed: ", kSoon));
  ASSERT_TRUE(rig->start_daemon(48'000));
  {
    const auto monitor = rig->monitor();
    ASSERT_TRUE(monitor->wait_for_line(Process::kOut, "comcat-client", kSoon)) << "it is opened";
    // And given up, again and again.
    for (const auto until = std::chrono::steady_clock::now() + kTimeOfSomeTries;
         std::chrono::steady_clock::now() < until;) {
      ASSERT_TRUE(monitor->wait_for_line(Process::kOut, "removed:", kSoon));
    }
  }
  ASSERT_TRUE(rig->start_manager());
  EXPECT_TRUE(alice.process().wait_for_line(Process::kOut, "are back", kSoon));
  EXPECT_EQ(0, alice.stop());
  const std::string& said = alice.process().output(Process::kOut);
  EXPECT_EQ(1U, count(said, " back; ")) << said;
  EXPECT_EQ(1U, count(said, " failed: ")) << said;
}

INSTANTIATE_TEST_SUITE_P(Restarts, PipeWire,
                         ::testing::Values(Restart{"Stopped", false, 48'000},
                                           Restart{"Killed", true, 48'000},
                                           Restart{"AtAnotherRate", true, 44'100}),
                         [](const auto& how) { return std::string(how.param.name); });

}  // namespace
}  // namespace comcat::testing
