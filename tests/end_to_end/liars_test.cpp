// Callers who lie about how loud they are, against a real server: what an honest pair still hears.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/absence.h"
#include "support/caller.h"
#include "support/metronome.h"
#include "support/server_process.h"

namespace comcat::testing {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFrame{20};
constexpr int kTurnFrames = 100;
constexpr int kUncountedFrames = 5 * kTurnFrames;
constexpr int kFrames = kUncountedFrames + 4 * kTurnFrames;
constexpr int kLiars = 8;
constexpr unsigned kVowelDbov = 25;
constexpr unsigned kGapDbov = 45;

/// The frames of `speaker` with sequence kUncountedFrames or later that `listener` has been sent.
int heard_of(Caller& listener, unsigned speaker) {
  int frames = 0;
  const auto any = [](const ServerRES& r) { return r.has_voice(); };
  while (const auto response = listener.wait_for(any, milliseconds(200))) {
    for (const VoiceFrame& frame : response->voice().frames()) {
      if (frame.speaker() == speaker && frame.sequence() >= kUncountedFrames) ++frames;
    }
  }
  return frames;
}

/// A pair who talk in turns of 2 s, and kLiars who always claim level 0, from `address_of_liar`.
/// The percentage of what the pair say after the first turns that they hear of each other.
int percent_of_a_pair(const std::function<std::string(int)>& address_of_liar) {
  ServerProcess server;
  std::vector<std::unique_ptr<Caller>> pair;
  std::vector<unsigned> numbers;
  for (const std::string name : {"an", "bo"}) {
    pair.push_back(std::make_unique<Caller>(Caller::Options{.port = server.port()}));
    numbers.push_back(pair.back()->hello(name).value_or(ServerSignal()).session());
  }
  std::vector<std::unique_ptr<Caller>> liars;
  for (int n = 0; n < kLiars; ++n) {
    liars.push_back(std::make_unique<Caller>(
        Caller::Options{.port = server.port(), .from = address_of_liar(n)}));
    EXPECT_TRUE(liars.back()->hello("liar " + std::to_string(n)));
  }
  Metronome metronome(kFrame);
  for (int i = 0; i < kFrames; ++i) {
    metronome.wait();
    const auto sequence = static_cast<unsigned>(i);
    for (const auto& liar : liars) liar->send_voice("lie", sequence, 0);
    const unsigned level = i % 10 < 5 ? kVowelDbov : kGapDbov;
    pair[i / kTurnFrames % 2]->send_voice("truth", sequence, level);
  }
  const int heard = heard_of(*pair[0], numbers[1]) + heard_of(*pair[1], numbers[0]);
  return 100 * heard / (kFrames - kUncountedFrames);
}

TEST(Liars, OfOneAddressKeepNobodyOut) {
  expect_right([] {
    const int percent = percent_of_a_pair([](int) { return "127.0.0.2"; });
    return percent >= 90 ? "" : "heard only " + std::to_string(percent) + " % of the pair";
  });
}

TEST(Liars, OfManyAddressesKeepNobodyOut) {
  expect_right([] {
    const int percent = percent_of_a_pair([](int n) { return "127.0.1." + std::to_string(1 + n); });
    return percent >= 50 ? "" : "heard only " + std::to_string(percent) + " % of the pair";
  });
}

}  // namespace
}  // namespace comcat::testing
