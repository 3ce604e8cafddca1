#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace comcat::client {

/// How much the encoder may think of each frame, so that a slow machine is not kept from what else
/// the call needs. Where encoding takes more than kMostShare of the frames' time, by the CPU clock
/// of its thread, it thinks a step less; one more once it has long taken less than a part of that,
/// and the longer the sooner it had to be taken back.
///
/// Threads    one at a time. No clock: time goes on by the frames.
class EncoderEffort {
 public:
  using Duration = std::chrono::nanoseconds;

  static constexpr int kSteps = 5;  // down to the least
  static constexpr double kMostShare = 0.25;
  static constexpr double kCalmShare = kMostShare / 3;    // a step up may cost half as much again
  static constexpr std::chrono::milliseconds kLook{500};  // of speech, before each judgement
  static constexpr std::chrono::seconds kCalm{20};
  static constexpr std::chrono::minutes kLongestCalm{10};

  /// A frame of `length` took `cpu` to encode.
  void note(Duration cpu, Duration length);

  /// How far it is reduced: 0 for all that the encoder does by itself, kSteps at the most.
  [[nodiscard]] int reduced() const { return reduced_; }
  /// Of the frames' time, lately; 0 to 1 and more.
  [[nodiscard]] double share() const { return share_; }

 private:
  void judge();

  int reduced_ = 0;
  double share_ = 0;
  // Since the last judgement.
  Duration cpu_{};
  Duration length_{};
  Duration calm_{};  // since it was too much last, or since a step
  Duration wanted_calm_ = kCalm;
  bool tries_ = false;  // the last step was one up
};

}  // namespace comcat::client
