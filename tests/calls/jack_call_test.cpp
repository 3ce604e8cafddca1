// A call through real PortAudio: JACK's dummy driver is the sound card of both clients.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "calls/without_jack.h"
#include "support/absence.h"
#include "support/client_process.h"
#include "support/jack_deck.h"
#include "support/jack_rig.h"
#include "support/server_process.h"
#include "support/speech.h"

namespace comcat::testing {
namespace {

constexpr std::size_t kSecond = 48'000;

constexpr double kSame = 0.8;     // the least that Opus leaves of a sentence
constexpr double kCleaned = 0.6;  // the least that is left of one that was cleaned, too
constexpr double kOther = 0.5;    // the most that two sentences have in common

/// What is compared wave by wave has to be sent as it came.
const std::vector<std::string> kUntouched{"--echo=off", "--noise=off", "--gain=off",
                                          "--activation=always"};

/// The sound card, a server, and Alice and Bob in a call, each on the default device.
struct JackCall {
  explicit JackCall(int period_frames, const std::vector<std::string>& flags = kUntouched)
      : rig(JackRig::start(JackRig::Pace::kGoesOn, period_frames)),
        alice(server, "alice", flags),
        bob(server, "bob", flags) {
    for (const char* port : {"alice:in_0", "alice:out_0", "bob:in_0", "bob:out_0"}) {
      EXPECT_TRUE(rig->wait_for_port(port)) << port;
    }
  }
  void hang_up() {
    EXPECT_EQ(0, alice.stop());
    EXPECT_EQ(0, bob.stop());
  }
  /// Outcome::away, of the card.
  [[nodiscard]] std::string lateness() const {
    return rig->xruns() == 0 ? "" : std::to_string(rig->xruns()) + " times too late for the card";
  }
  /// Time is real in a call, so the card waits for nobody.
  std::unique_ptr<JackRig> rig;
  ServerProcess server{{}, /*tls=*/true};
  ClientProcess alice;
  ClientProcess bob;
};

std::string unheard(const std::string& who, const Samples& said, const Samples& heard) {
  const double likeness = likeness_by_words(said, heard);
  if (likeness >= kSame) return "";
  return "what " + who + " said was heard like it by " + std::to_string(likeness) + ", not " +
         std::to_string(kSame) + "; ";
}

Outcome two_on_a_card() {
  constexpr int kPeriodFrames = 2048;  // long: a busy machine comes too late for it less often
  JackCall call(kPeriodFrames);
  const Samples from_alice = speak("The quick brown fox jumps over the lazy dog.");
  const Samples from_bob = speak("She sells sea shells by the sea shore.", "en-us+f3");
  const std::size_t enough = std::max(from_alice.size(), from_bob.size()) + 3 * kSecond;
  JackDeck deck(call.rig->server_name(), {padded(from_alice, kSecond), padded(from_bob, kSecond)},
                2);
  EXPECT_TRUE(call.rig->connect("deck:play_0", "alice:in_0"));
  EXPECT_TRUE(call.rig->connect("deck:play_1", "bob:in_0"));
  EXPECT_TRUE(call.rig->connect("alice:out_0", "deck:record_0"));
  EXPECT_TRUE(call.rig->connect("bob:out_0", "deck:record_1"));
  deck.start();
  const Samples to_alice = deck.wait_for(0, enough);
  const Samples to_bob = deck.wait_for(1, enough);
  const Outcome outcome{unheard("alice", from_alice, to_bob) + unheard("bob", from_bob, to_alice),
                        call.lateness()};
  EXPECT_GE(to_alice.size(), enough);
  EXPECT_LT(find_in(from_alice, to_alice).peak, kOther) << "nobody hears himself";
  EXPECT_LT(find_in(from_bob, to_bob).peak, kOther);
  call.hang_up();
  return outcome;
}

TEST(JackCall, TwoPeopleHearEachOtherThroughTheirSoundCards) {
  SKIP_WITHOUT_JACK();
  expect_right(two_on_a_card);
}

/// The number before " ms" after `label` in a line of stats.
double milliseconds_after(const std::string& line, const std::string& label) {
  const std::size_t at = line.find(label);
  return at == std::string::npos ? -1 : std::stod(line.substr(at + label.size()));
}

/// How much later than it was played `played` is heard just before sample `at`, in ms; nothing
/// where too little of it is recognised, as in a pause.
std::optional<double> delay_at(std::size_t at, const Samples& played, const Samples& heard,
                               double same) {
  constexpr std::size_t kLength = kSecond / 2;
  constexpr std::size_t kMostDelay = kSecond / 2;
  const std::size_t from = at - kLength;
  const auto match = find_in(std::span(heard).subspan(from, kLength),
                             std::span(played).subspan(from - kMostDelay, kLength + kMostDelay));
  if (match.peak < same) return std::nullopt;
  return (static_cast<double>(kMostDelay) - static_cast<double>(match.lag_samples)) / 48.0;
}

struct Delay {
  double heard_ms;
  double told_ms;
};

/// Half of the differences are no larger. Those of moments in which the delay changed are left out.
std::optional<double> usual_difference_ms(const std::vector<Delay>& delays) {
  constexpr double kSteadyMs = 3;
  std::vector<double> steady;
  for (std::size_t i = 1; i < delays.size(); ++i) {
    const bool changed = std::abs(delays[i].heard_ms - delays[i - 1].heard_ms) > kSteadyMs ||
                         std::abs(delays[i].told_ms - delays[i - 1].told_ms) > kSteadyMs;
    if (!changed) steady.push_back(std::abs(delays[i].told_ms - delays[i].heard_ms));
  }
  if (steady.size() < 3) return std::nullopt;
  std::sort(steady.begin(), steady.end());
  return steady[steady.size() / 2];
}

/// While Alice speaks, what Bob's stats say of the delay is compared with what is heard just then:
/// the playout changes it whenever the machine is less, or more, even.
Outcome delay_as_told(const std::vector<std::string>& flags, double same) {
  constexpr int kPeriodFrames = 480;
  constexpr std::size_t kEnd = 14 * kSecond;
  JackCall call(kPeriodFrames, flags);
  Samples played(kSecond);
  while (played.size() < kEnd + kSecond) {
    const Samples said = speak("The quick brown fox jumps over the lazy dog near the river bank.");
    played.insert(played.end(), said.begin(), said.end());
  }
  JackDeck deck(call.rig->server_name(), {played}, 1);
  EXPECT_TRUE(call.rig->connect("deck:play_0", "alice:in_0"));
  EXPECT_TRUE(call.rig->connect("bob:out_0", "deck:record_0"));
  deck.start();
  std::vector<std::pair<std::size_t, std::string>> told;
  for (std::size_t at = 6 * kSecond; at < kEnd; at += kSecond / 4) {
    std::ignore = deck.wait_for(0, at);
    call.bob.type("stats");
    const auto line = call.bob.process().wait_for_line(Process::kOut, "mouth to ear");
    if (line) told.emplace_back(deck.wait_for(0, at).size(), *line);
  }
  const Samples heard = deck.wait_for(0, kEnd);
  call.hang_up();
  std::vector<Delay> delays;
  std::string seen;
  for (const auto& [at, line] : told) {
    if (at > kEnd) break;
    const auto heard_ms = delay_at(at, played, heard, same);
    if (!heard_ms) continue;
    delays.push_back({*heard_ms, milliseconds_after(line, "about ")});
    seen += "\n  " + std::to_string(*heard_ms) + " ms, told as " + line;
  }
  const auto difference_ms = usual_difference_ms(delays);
  if (difference_ms) std::cout << "told with a difference of " << *difference_ms << " ms\n";
  const bool right = difference_ms && *difference_ms <= 10;
  return {right ? "" : "heard with a delay of" + seen + "\n", call.lateness()};
}

TEST(JackCall, TheDelayThatStatsReportsIsTheDelayThatIsHeard) {
  SKIP_WITHOUT_JACK();
  expect_right([] { return delay_as_told(kUntouched, kSame); });
}

TEST(JackCall, SoItIsWithAllThatCleansAVoice) {
  SKIP_WITHOUT_JACK();
  expect_right([] {
    return delay_as_told({"--noise=low", "--gain=on", "--activation=voice"}, kCleaned);
  });
}

}  // namespace
}  // namespace comcat::testing
