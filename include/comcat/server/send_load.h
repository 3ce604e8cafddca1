#pragma once

#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"

namespace comcat::server {

/// What share of a core it would take to send every frame to every listener at once, and so how
/// long frames may wait for each other.
///
/// The share is messages a second, if none were gathered, times what a write has been measured to
/// cost. Gathering changes neither, so a server that gathers does not look idle to itself and stop,
/// only to begin again.
///
/// Threads    one: the shard.
class SendLoad {
 public:
  static constexpr std::chrono::milliseconds kLongestWait{10};
  static constexpr double kIdleShare = 0.15;  // of a core; below it nothing waits
  static constexpr double kBusyShare = 0.30;  // from it on kLongestWait; linear between

  /// One write in so many is to be measured: reading the clock of a thread is a system call.
  static constexpr std::uint64_t kMeasuredWrites = 64;

  /// `messages` would leave for listeners at `now`, which never goes back.
  void count(std::uint64_t messages, base::Time now);

  /// True for the write that begins if it is one of those to be measured.
  [[nodiscard]] bool measures_next() { return ++writes_ % kMeasuredWrites == 0; }
  /// What a measured write took of the thread's CPU time.
  void measured(base::Duration cpu);

  [[nodiscard]] double share() const { return per_second_ * cost_seconds_; }
  /// Whole milliseconds, which is what timers keep.
  [[nodiscard]] std::chrono::milliseconds wait() const;

 private:
  base::Time since_{};           // when counted_ began
  std::uint64_t counted_ = 0;    // messages since then
  double per_second_ = 0;        // smoothed over about a second
  double cost_seconds_ = 20e-6;  // of one write, smoothed; what one took where this was written
  std::uint64_t writes_ = 0;
};

}  // namespace comcat::server
