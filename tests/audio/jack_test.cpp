// The sound card itself, as JACK's dummy driver plays it.

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "comcat/audio/device_info.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

#include "audio/fixtures.h"
#include "support/absence.h"
#include "support/jack_rig.h"
#include "support/process.h"
#include "support/signal.h"
#include "support/speech.h"

namespace comcat::audio {
namespace {

using testing::padded;
using testing::Process;
using testing::Samples;
using testing::speak;

constexpr std::size_t kSecond = 48'000;

/// This process's name in JACK, for as long as it lives.
class JackName {
 public:
  explicit JackName(const std::string& name) { setenv("COMCAT_JACK_NAME", name.c_str(), 1); }
  ~JackName() { unsetenv("COMCAT_JACK_NAME"); }
};

/// A program that plays what it hears, as `name` in JACK.
std::unique_ptr<Process> start_echo(const std::string& name) {
  Process::Options options;
  options.environment = {{"COMCAT_JACK_NAME", name}};
  return std::make_unique<Process>(std::vector<std::string>{COMCAT_ECHO_CLIENT}, options);
}

template <typename Stream>
std::unique_ptr<Stream> opened(absl::StatusOr<std::unique_ptr<Stream>> made) {
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *std::move(made) : nullptr;
}

/// A sign that the machine was away: `who` had nothing to play in time; "" where it always had.
std::string gaps(const std::string& who, std::uint64_t missed_samples) {
  if (missed_samples == 0) return "";
  return who + " missed " + std::to_string(missed_samples) + " samples; ";
}

testing::Outcome a_sentence(testing::JackRig& rig) {
  const JackName name("test");
  const Samples spoken = speak("The quick brown fox jumps over the lazy dog.");
  Recorder recorder;
  Player player(padded(spoken, kSecond / 2));
  const auto source = opened(make_source(""));
  const auto sink = opened(make_sink("system"));
  if (!source || !sink) return {"nothing opens"};
  EXPECT_TRUE(source->start(recorder, nullptr).ok());
  EXPECT_TRUE(rig.connect("system:capture_1", "test:in_0"));  // as the device is
  EXPECT_TRUE(sink->start(player, nullptr).ok());
  EXPECT_TRUE(rig.connect("test:out_0", "test:in_0"));
  const Samples heard = recorder.wait_for(spoken.size() + 3 * kSecond / 2);
  const std::string away = gaps("the sink", sink->figures().missed_samples);
  source->stop();
  sink->stop();
  EXPECT_EQ("system", source->description());
  const testing::Match found = testing::find_in(spoken, heard);
  if (found.peak < 0.9999) return {"heard like it by " + std::to_string(found.peak), away};
  EXPECT_NEAR(testing::rms_dbfs(spoken),
              testing::rms_dbfs(std::span<const float>(heard).subspan(
                  static_cast<std::size_t>(found.lag_samples), spoken.size())),
              0.01);
  return {""};
}

TEST(Jack, ASentenceArrivesSampleForSample) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  testing::expect_right([&] { return a_sentence(*rig); });
}

TEST(Jack, PlaybackReachesBothEars) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  const JackName name("test");
  Player player({});
  const auto sink = opened(make_sink(""));
  ASSERT_TRUE(sink->start(player, nullptr).ok());
  EXPECT_EQ(std::vector<std::string>{"system:playback_1"}, rig->connections_of("test:out_0"));
  EXPECT_EQ(std::vector<std::string>{"system:playback_2"}, rig->connections_of("test:out_1"));
  sink->stop();
  EXPECT_TRUE(rig->wait_until_gone("test:out_0"));
}

TEST(Jack, AStreamStartsAgainAfterStop) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  const auto source = opened(make_source(""));
  for (int i = 0; i < 3; ++i) {
    Recorder recorder;
    ASSERT_TRUE(source->start(recorder, nullptr).ok());
    EXPECT_FALSE(source->start(recorder, nullptr).ok());
    EXPECT_GE(recorder.wait_for(kSecond / 10).size(), kSecond / 10);
    source->stop();
    source->stop();
  }
}

TEST(Jack, DevicesAreTheCardAndTheOtherPrograms) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  const auto alice = start_echo("alice");
  ASSERT_TRUE(rig->wait_for_port("alice:in_0") && rig->wait_for_port("alice:out_1"));
  const auto devices = list_devices();
  ASSERT_TRUE(devices.ok()) << devices.status();
  ASSERT_EQ(2U, devices->size());
  EXPECT_EQ("system", devices->at(0).name);
  EXPECT_EQ("JACK Audio Connection Kit", devices->at(0).system);
  EXPECT_TRUE(devices->at(0).default_input && devices->at(0).default_output);
  EXPECT_EQ("alice", devices->at(1).name);
  EXPECT_EQ(2, devices->at(1).input_channels);  // that one can listen to
  EXPECT_EQ(1, devices->at(1).output_channels);
  EXPECT_EQ(0, alice->finish());
}

std::string unheard(const std::string& who, const Samples& told, const Samples& heard) {
  const double likeness = testing::likeness_by_words(told, heard);
  if (likeness >= 0.99) return "";
  return "what " + who + " was told is heard like it by " + std::to_string(likeness) + "; ";
}

/// Ends an echo, which says how much its own loudspeaker has missed.
std::uint64_t missed_by(Process& echo) {
  EXPECT_EQ(0, echo.finish());
  return std::stoull(echo.output(Process::kOut));
}

testing::Outcome two_programs(testing::JackRig& rig) {
  const auto alice = start_echo("alice");
  const auto bob = start_echo("bob");
  for (const char* port : {"alice:in_0", "alice:out_0", "bob:in_0", "bob:out_0"}) {
    EXPECT_TRUE(rig.wait_for_port(port)) << port;
  }
  const Samples to_alice = speak("She sells sea shells by the sea shore.");
  const Samples to_bob = speak("Peter Piper picked a peck of pickled peppers.");
  Player alice_microphone(padded(to_alice, kSecond / 2));
  Player bob_microphone(padded(to_bob, kSecond / 2));
  Recorder alice_speaker;
  Recorder bob_speaker;
  const auto hear_alice = opened(make_source("alice"));
  const auto hear_bob = opened(make_source("bob"));
  const auto tell_alice = opened(make_sink("alice"));
  const auto tell_bob = opened(make_sink("bob"));
  if (!hear_alice || !hear_bob || !tell_alice || !tell_bob) return {"nothing opens"};
  EXPECT_TRUE(hear_alice->start(alice_speaker, nullptr).ok());
  EXPECT_TRUE(hear_bob->start(bob_speaker, nullptr).ok());
  EXPECT_TRUE(tell_alice->start(alice_microphone, nullptr).ok());
  EXPECT_TRUE(tell_bob->start(bob_microphone, nullptr).ok());
  const std::size_t enough = std::max(to_alice.size(), to_bob.size()) + 5 * kSecond / 2;
  const Samples from_alice = alice_speaker.wait_for(enough);
  const Samples from_bob = bob_speaker.wait_for(enough);
  EXPECT_LT(testing::find_in(to_alice, from_bob).peak, 0.5);
  EXPECT_LT(testing::find_in(to_bob, from_alice).peak, 0.5);
  const std::string away = gaps("alice's microphone", tell_alice->figures().missed_samples) +
                           gaps("bob's microphone", tell_bob->figures().missed_samples) +
                           gaps("alice", missed_by(*alice)) + gaps("bob", missed_by(*bob));
  return {unheard("alice", to_alice, from_alice) + unheard("bob", to_bob, from_bob), away};
}

TEST(Jack, TwoProgramsAreSpokenToAndHeardAtOnce) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  testing::expect_right([&] { return two_programs(*rig); });
}

TEST(Jack, AKilledProgramIsGone) {
  const auto rig = testing::JackRig::start(testing::JackRig::Pace::kGoesOn);
  if (rig == nullptr) GTEST_SKIP() << "no JACK server can be started here";
  const auto alice = start_echo("alice");
  ASSERT_TRUE(rig->wait_for_port("alice:out_0"));
  alice->signal(SIGKILL);
  EXPECT_EQ(128 + SIGKILL, alice->wait_exit());
  EXPECT_TRUE(rig->wait_until_gone("alice:out_0"));
}

TEST(Jack, NothingIsChattedToTheTerminal) {
  COMCAT_JACK_RIG_OR_SKIP(rig);
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  {
    Player player({});
    const auto sink = opened(make_sink(""));
    ASSERT_TRUE(sink->start(player, nullptr).ok());
    ASSERT_TRUE(player.wait_for(kSecond / 10));
    sink->stop();
  }
  EXPECT_EQ("", ::testing::internal::GetCapturedStdout());
  EXPECT_EQ("", ::testing::internal::GetCapturedStderr());
}

}  // namespace
}  // namespace comcat::audio
