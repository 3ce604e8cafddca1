#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <thread>

#include "end_to_end/walk/visitor.h"

namespace comcat::testing {

/// Two in the room "lobby" who talk at the same time, a frame each 20 ms, and measure what they
/// hear of each other.
///
/// Threads    a test's one calls it; one of its own speaks.
class Pair {
 public:
  explicit Pair(int port);

  struct Heard {
    std::uint64_t said = 0;  // by both
    std::uint64_t heard = 0;
    base::Duration latest{0};  // the longest from being said to arriving
  };
  /// Talks from now on.
  void talk();
  /// Says nothing more; what has been heard so far.
  [[nodiscard]] Heard pause();
  /// Counts anew.
  void forget();

  [[nodiscard]] Visitor& an() { return an_; }
  [[nodiscard]] Visitor& bo() { return bo_; }

 private:
  void hear(const VoiceFrame& frame, base::Time now);
  void talk_until(const std::stop_token& stop);

  std::atomic<std::uint64_t> said_{0};
  std::atomic<std::uint64_t> heard_{0};
  std::atomic<base::Duration> latest_{base::Duration(0)};
  Visitor an_;
  Visitor bo_;
  std::jthread speaker_;
};

}  // namespace comcat::testing
