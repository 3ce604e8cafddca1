// A call through real PortAudio: JACK's dummy driver is the sound card of both clients.

#include <string>

#include <gtest/gtest.h>

#include "support/client_process.h"
#include "support/jack_deck.h"
#include "support/jack_rig.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

using test::find_in;
using test::JackDeck;
using test::Samples;

constexpr std::size_t kSecond = 48'000;

TEST(JackCall, TwoPeopleHearEachOtherThroughTheirSoundCards) {
  const auto rig = test::JackRig::start(test::JackRig::Pace::kGoesOn);  // time is real in a call
  if (rig == nullptr) GTEST_SKIP() << "no JACK server can be started here (is jackd2 installed?)";
  const ServerProcess server({}, /*tls=*/true);
  ClientProcess alice(server, "alice", {});
  ClientProcess bob(server, "bob", {});
  for (const char* port : {"alice:in_0", "alice:out_0", "bob:in_0", "bob:out_0"}) {
    ASSERT_TRUE(rig->wait_for_port(port)) << port;
  }
  const Samples from_alice = test::speak("The quick brown fox jumps over the lazy dog.");
  const Samples from_bob = test::speak("She sells sea shells by the sea shore.", "en-us+f3");
  JackDeck deck(rig->server_name(),
                {test::padded(from_alice, kSecond), test::padded(from_bob, kSecond)}, 2);
  ASSERT_TRUE(rig->connect("deck:play_0", "alice:in_0"));
  ASSERT_TRUE(rig->connect("deck:play_1", "bob:in_0"));
  ASSERT_TRUE(rig->connect("alice:out_0", "deck:record_0"));
  ASSERT_TRUE(rig->connect("bob:out_0", "deck:record_1"));
  deck.start();
  const std::size_t enough = std::max(from_alice.size(), from_bob.size()) + 3 * kSecond;
  const Samples to_alice = deck.wait_for(0, enough);
  const Samples to_bob = deck.wait_for(1, enough);
  ASSERT_GE(to_alice.size(), enough);

  EXPECT_GE(find_in(from_alice, to_bob).peak, 0.8);
  EXPECT_GE(find_in(from_bob, to_alice).peak, 0.8);
  EXPECT_LT(find_in(from_alice, to_alice).peak, 0.5) << "nobody hears himself";
  EXPECT_LT(find_in(from_bob, to_bob).peak, 0.5);
  EXPECT_EQ(0, alice.stop());
  EXPECT_EQ(0, bob.stop());
}

/// The number before " ms" after `label` in a line of stats.
double milliseconds_after(const std::string& line, const std::string& label) {
  const std::size_t at = line.find(label);
  return at == std::string::npos ? -1 : std::stod(line.substr(at + label.size()));
}

TEST(JackCall, TheDelayThatStatsReportsIsTheDelayThatIsHeard) {
  const auto rig = test::JackRig::start(test::JackRig::Pace::kGoesOn);  // time is real in a call
  if (rig == nullptr) GTEST_SKIP() << "no JACK server can be started here (is jackd2 installed?)";
  const ServerProcess server({}, /*tls=*/true);
  ClientProcess alice(server, "alice", {});
  ClientProcess bob(server, "bob", {});
  for (const char* port : {"alice:in_0", "bob:out_0"}) {
    ASSERT_TRUE(rig->wait_for_port(port)) << port;
  }
  const Samples speech = test::make_speech(8 * kSecond);
  JackDeck deck(rig->server_name(), {test::padded(speech, kSecond)}, 1);
  ASSERT_TRUE(rig->connect("deck:play_0", "alice:in_0"));
  ASSERT_TRUE(rig->connect("bob:out_0", "deck:record_0"));
  deck.start();
  ASSERT_GE(deck.wait_for(0, 8 * kSecond).size(), 8 * kSecond);
  bob.type("stats");  // while alice still speaks
  const auto line = bob.process().wait_for_line(Process::kOut, "mouth to ear");
  ASSERT_TRUE(line);
  const Samples heard = deck.wait_for(0, 10 * kSecond);
  // The last three seconds: the playout has found its delay by then.
  const std::size_t from = 5 * kSecond;
  const Samples late(speech.begin() + from, speech.end());
  const auto match = find_in(late, heard);
  EXPECT_GE(match.peak, 0.8);
  const double lag_ms = (static_cast<double>(match.lag_samples) - from - kSecond) / 48.0;
  EXPECT_NEAR(lag_ms, milliseconds_after(*line, "about "), 10) << *line;
  EXPECT_EQ(0, alice.stop());
  EXPECT_EQ(0, bob.stop());
}

}  // namespace
}  // namespace comcat::testing
