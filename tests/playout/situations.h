#pragma once

#include <gtest/gtest.h>

#include "comcat/playout/decision.h"

namespace comcat::playout {

using std::chrono_literals::operator""ms;
using Operation = Order::Operation;

constexpr std::size_t kBlock = 480;
constexpr std::size_t kFrame = 960;

/// A prompt network: the next packet is here when it is needed, and what is queued is on time.
inline Situation prompt() {
  Situation now;
  now.first = Situation::First{.delay = 10ms};
  now.heard_before = true;
  now.target = now.usual = now.delay = now.next_delay = 10ms;
  return now;
}

inline Situation queued(std::size_t samples) {
  Situation now = prompt();
  now.queued_samples = samples;
  return now;
}

inline Situation dry() {
  Situation now = prompt();
  now.first.reset();
  return now;
}

/// A situation with one thing changed.
template <typename Change>
Situation with(Situation now, Change change) {
  change(now);
  return now;
}

/// A decision that is asked, and what it was told of what it ordered.
class Asked {
 public:
  explicit Asked(const PlayoutOptions& options = {}) : decision(options) {}

  /// The next order, carried out: `samples` decoded, cut or repeated.
  Order order(const Situation& now, std::size_t samples = kFrame) {
    const Order order = decision.next(now);
    decision.done(order, samples);
    return order;
  }

  Operation ask(const Situation& now, std::size_t samples = kFrame) {
    return order(now, samples).operation;
  }

  /// Whole pulls of a spurt in which nothing happens.
  void play(int pulls) {
    for (int i = 0; i < pulls; ++i) ASSERT_EQ(Operation::kPlay, ask(queued(kFrame)));
  }

  /// In a spurt that has gone on for `pulls`.
  static Asked talking(int pulls = 10, const PlayoutOptions& options = {}) {
    Asked asked(options);
    EXPECT_EQ(Operation::kBegin, asked.ask(prompt()));
    asked.play(pulls + 1);
    return asked;
  }

  Decision decision;
};

}  // namespace comcat::playout
