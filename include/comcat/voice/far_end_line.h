#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/voice/stage.h"

namespace comcat::voice {

/// When a sample of a steady stream comes or goes, from the times at which blocks of it were seen:
/// late ones are late by whatever delayed them, so the earliest of the last seconds tells.
///
/// Threads    one at a time.
class StreamClock {
 public:
  /// The samples before `position` were there at `now`.
  void note(std::uint64_t position, base::Time now);
  [[nodiscard]] base::Time time_of(std::uint64_t position) const;
  /// Fractions of samples; below 0 for a time before the first.
  [[nodiscard]] double position_at(base::Time time) const;

 private:
  using Offset = std::chrono::duration<double, std::micro>;  // of position 0
  static constexpr std::uint64_t kWindowSamples = audio::kSampleRate;

  [[nodiscard]] Offset offset() const;

  Offset latest_{std::numeric_limits<double>::max()};
  Offset before_{std::numeric_limits<double>::max()};
  std::uint64_t window_began_ = 0;
};

/// What the loudspeaker is given, on its way to where its echo is awaited in the microphone: each
/// block of the microphone finds beside it what was played about when it was captured.
///
/// Both are streams of two sound cards with clocks of their own. Which samples belong beside each
/// other follows from when they came and what the devices say of their delays, of which half is
/// believed: an echo that came before its cause would never be found, one that comes later is. As
/// the clocks run apart, it is followed by a sample now and then; at once where that is not heard,
/// and by more than kJump, after an outage.
///
/// Threads    play() from the sink's thread; take() from the encode thread.
/// Queue      640 ms; where the encode thread is that late, the newest is lost and silence instead.
class FarEndLine {
 public:
  /// `samples` are given to the sink at `now`; any number of them.
  void play(std::span<const float> samples, base::Time now);

  /// The block of the microphone that begins at sample `position` and was whole at `now`. `delays`:
  /// from play() to the loudspeaker, and from the microphone to here. Sets far and echo_delay.
  void take(std::uint64_t position, base::Time now, std::chrono::microseconds delays,
            Moment& moment);

  /// Nothing is played any more, and for some time nothing was.
  [[nodiscard]] bool silent() const { return silent_samples_ >= kSilence; }

 private:
  struct Played {
    audio::Block samples{};
    std::uint64_t position = 0;
    base::Time at{};
  };
  static constexpr std::size_t kRingBlocks = 64;
  static constexpr std::size_t kHistory = audio::kSampleRate;  // samples
  static constexpr double kJump = 0.03 * audio::kSampleRate;
  static constexpr double kSlip = 0.002 * audio::kSampleRate;
  static constexpr int kUnsettledBlocks = 200;  // of the microphone: its clock is not known yet
  static constexpr std::size_t kSilence = 2 * audio::kSampleRate;

  void gather();
  void follow(double wanted);
  void copy(audio::Block& out) const;

  // The sink's thread.
  Played filling_;
  std::size_t filled_samples_ = 0;

  base::SpscRing<Played> ring_{kRingBlocks};

  // The encode thread.
  StreamClock played_clock_;
  StreamClock captured_clock_;
  std::vector<float> history_ = std::vector<float>(kHistory);  // by position, modulo its size
  std::uint64_t newest_ = 0;  // position after the last that was played
  std::int64_t next_ = 0;     // position of what comes beside the next block
  int taken_blocks_ = 0;      // kUnsettledBlocks at the most
  std::size_t silent_samples_ = kSilence;
  Played received_;
};

}  // namespace comcat::voice
