// A call through real PortAudio: JACK's dummy driver is the sound card of both clients.

#include <cmath>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/client_process.h"
#include "support/jack_deck.h"
#include "support/jack_rig.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

constexpr std::size_t kSecond = 48'000;

/// A machine that others use may stand still for longer than a sound card's buffer; what is said
/// then is lost. So each thing is said up to so often, and has to be heard once.
constexpr int kAttempts = 3;

/// The sound card, a server, and Alice and Bob in a call, each on the default device.
struct JackCall {
  JackCall() {
    for (const char* port : {"alice:in_0", "alice:out_0", "bob:in_0", "bob:out_0"}) {
      EXPECT_TRUE(rig->wait_for_port(port)) << port;
    }
  }
  /// Time is real in a call, so the card waits for nobody.
  std::unique_ptr<JackRig> rig = JackRig::start(JackRig::Pace::kGoesOn);
  ServerProcess server{{}, /*tls=*/true};
  ClientProcess alice{server, "alice", {}};
  ClientProcess bob{server, "bob", {}};
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

#define SKIP_WITHOUT_JACK()                                                                        \
  if (kSanitized) {                                                                                \
    GTEST_SKIP() << "a sanitizer's programs are too slow for a sound card; see the other presets"; \
  }                                                                                                \
  if (JackRig::start(JackRig::Pace::kGoesOn) == nullptr) {                                         \
    GTEST_SKIP() << "no JACK server can be started here (is jackd2 installed?)";                   \
  }

TEST(JackCall, TwoPeopleHearEachOtherThroughTheirSoundCards) {
  SKIP_WITHOUT_JACK();
  JackCall call;
  const Samples from_alice = speak("The quick brown fox jumps over the lazy dog.");
  const Samples from_bob = speak("She sells sea shells by the sea shore.", "en-us+f3");
  const std::size_t enough = std::max(from_alice.size(), from_bob.size()) + 3 * kSecond;
  double bob_heard_alice = 0;
  double alice_heard_bob = 0;
  for (int i = 0; i < kAttempts && (bob_heard_alice < 0.8 || alice_heard_bob < 0.8); ++i) {
    JackDeck deck(call.rig->server_name(), {padded(from_alice, kSecond), padded(from_bob, kSecond)},
                  2);
    ASSERT_TRUE(call.rig->connect("deck:play_0", "alice:in_0"));
    ASSERT_TRUE(call.rig->connect("deck:play_1", "bob:in_0"));
    ASSERT_TRUE(call.rig->connect("alice:out_0", "deck:record_0"));
    ASSERT_TRUE(call.rig->connect("bob:out_0", "deck:record_1"));
    deck.start();
    const Samples to_alice = deck.wait_for(0, enough);
    const Samples to_bob = deck.wait_for(1, enough);
    ASSERT_GE(to_alice.size(), enough);
    bob_heard_alice = find_in(from_alice, to_bob).peak;
    alice_heard_bob = find_in(from_bob, to_alice).peak;
    EXPECT_LT(find_in(from_alice, to_alice).peak, 0.5) << "nobody hears himself";
    EXPECT_LT(find_in(from_bob, to_bob).peak, 0.5);
  }
  EXPECT_GE(bob_heard_alice, 0.8);
  EXPECT_GE(alice_heard_bob, 0.8);
  EXPECT_EQ(0, call.alice.stop());
  EXPECT_EQ(0, call.bob.stop());
}

/// The number before " ms" after `label` in a line of stats.
double milliseconds_after(const std::string& line, const std::string& label) {
  const std::size_t at = line.find(label);
  return at == std::string::npos ? -1 : std::stod(line.substr(at + label.size()));
}

TEST(JackCall, TheDelayThatStatsReportsIsTheDelayThatIsHeard) {
  SKIP_WITHOUT_JACK();
  JackCall call;
  const Samples speech = make_speech(8 * kSecond);
  // The last three seconds: the playout has found its delay by then.
  const std::size_t from = 5 * kSecond;
  const Samples late(speech.begin() + from, speech.end());
  double peak = 0;
  double lag_ms = 0;
  double reported_ms = 1e9;
  for (int i = 0; i < kAttempts && (peak < 0.8 || std::abs(lag_ms - reported_ms) > 10); ++i) {
    JackDeck deck(call.rig->server_name(), {padded(speech, kSecond)}, 1);
    ASSERT_TRUE(call.rig->connect("deck:play_0", "alice:in_0"));
    ASSERT_TRUE(call.rig->connect("bob:out_0", "deck:record_0"));
    deck.start();
    ASSERT_GE(deck.wait_for(0, 8 * kSecond).size(), 8 * kSecond);
    call.bob.type("stats");  // while Alice still speaks
    const auto line = call.bob.process().wait_for_line(Process::kOut, "mouth to ear");
    ASSERT_TRUE(line);
    const auto match = find_in(late, deck.wait_for(0, 10 * kSecond));
    peak = match.peak;
    lag_ms = (static_cast<double>(match.lag_samples) - from - kSecond) / 48.0;
    reported_ms = milliseconds_after(*line, "about ");
  }
  EXPECT_GE(peak, 0.8);
  EXPECT_NEAR(lag_ms, reported_ms, 10);
  EXPECT_EQ(0, call.alice.stop());
  EXPECT_EQ(0, call.bob.stop());
}

}  // namespace
}  // namespace comcat::testing
