#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"
#include "comcat/base/clock.h"
#include "comcat/base/spsc_ring.h"
#include "comcat/voice/stage.h"

namespace comcat::voice {

/// When a sample of a steady stream comes or goes, from the times at which blocks of it were seen:
/// late ones are late by whatever delayed them, so the earliest of the last 1 to 2 s tells. The
/// seconds are those of the clock, so that what stands still with another stream and goes on with
/// it does so for both clocks at the same time.
///
/// Threads    one at a time.
class StreamClock {
 public:
  /// The samples before `position` were there at `now`.
  void note(std::uint64_t position, base::Time now);
  [[nodiscard]] base::Time time_of(std::uint64_t position) const;
  [[nodiscard]] bool known() const { return offset() < kUnknown; }
  /// Fractions of samples; below 0 for a time before the first.
  [[nodiscard]] double position_at(base::Time time) const;

 private:
  using Offset = std::chrono::duration<double, std::micro>;  // of position 0
  static constexpr Offset kUnknown{std::numeric_limits<double>::max()};

  [[nodiscard]] Offset offset() const;

  Offset latest_ = kUnknown;
  Offset before_ = kUnknown;
  std::chrono::seconds second_{};  // of latest_
};

/// Which of what was played belongs beside the microphone's next block. The times tell, but they
/// are rough, and every move costs what has been learnt of the echo: so from then on samples are
/// counted, and moved only by what the times have asked for throughout a second. As the clocks of
/// two sound cards run apart, by a sample now and then; at once where that is not heard, and by
/// more than kJump, after an outage.
///
/// Threads    one at a time.
class BesideTheMicrophone {
 public:
  /// The block of the microphone that begins at sample `captured` is next.
  void go_to(std::uint64_t captured);
  /// The times say that sample `wanted` of what was played belongs beside that block.
  void follow(double wanted, bool silent);
  [[nodiscard]] std::int64_t position() const { return position_; }

 private:
  static constexpr double kJump = 0.03 * audio::kSampleRate;
  static constexpr double kSlip = 0.002 * audio::kSampleRate;
  static constexpr int kUnsettledBlocks = 200;  // of the microphone: its clock is not known yet
  static constexpr int kLastingBlocks = 100;
  static constexpr int kSlipEveryBlocks = 5;  // 400 ppm

  void follow_what_lasts(double off, bool silent);

  std::int64_t position_ = 0;
  std::uint64_t captured_ = 0;
  int unsettled_blocks_ = kUnsettledBlocks;
  double lasting_off_ = 0;  // the least of lasting_blocks_, all of which are off to the same side
  int lasting_blocks_ = 0;
};

/// What the loudspeaker is given, on its way to where its echo is awaited in the microphone: each
/// block of the microphone finds beside it what was played about when it was captured.
///
/// Both are streams of two sound cards with clocks of their own, or of one. Which samples belong
/// beside each other follows from when the cards gave and took them and what they say of their
/// delays, of which half is believed: an echo that came before its cause would never be found, one
/// that comes later is. The silence that a card plays because a thread was late, and what is lost
/// of the microphone's, are counted, so that threads that come late move nothing.
///
/// Threads    play() and took() from the sink's thread; take() from the encode thread.
/// Queue      640 ms; where the encode thread is that late, the newest is lost and silence instead.
class FarEndLine {
 public:
  /// `samples` are given to the sink; any number of them.
  void play(std::span<const float> samples);
  /// The sink's device has taken of them what `turn` says.
  void took(const audio::RenderTurn& turn);

  /// The block of the microphone that begins at sample `position` and was whole at `now`. `delays`:
  /// from took() to the loudspeaker, and from the microphone to here. Sets far and echo_delay.
  void take(std::uint64_t position, base::Time now, std::chrono::microseconds delays,
            Moment& moment);

  /// Nothing is played any more, and for some time nothing was.
  [[nodiscard]] bool silent() const { return silent_samples_ >= kSilence; }

 private:
  struct Played {
    audio::Block samples{};
    std::uint64_t position = 0;
  };
  struct Taken {
    std::uint64_t position = 0;  // after the last that was taken
    base::Time at{};
  };
  static constexpr std::size_t kRingBlocks = 64;
  static constexpr std::size_t kRingTurns = 256;
  static constexpr std::size_t kHistory = audio::kSampleRate;  // samples
  static constexpr std::size_t kSilence = 2 * audio::kSampleRate;

  void gather();
  void copy(audio::Block& out) const;

  // The sink's thread.
  Played filling_;
  std::size_t filled_samples_ = 0;

  base::SpscRing<Played> ring_{kRingBlocks};
  base::SpscRing<Taken> turns_{kRingTurns};

  // The encode thread.
  StreamClock played_clock_;
  StreamClock captured_clock_;
  std::vector<float> history_ = std::vector<float>(kHistory);  // by position, modulo its size
  std::uint64_t newest_ = 0;  // position after the last that was played
  BesideTheMicrophone beside_;
  std::size_t silent_samples_ = kSilence;
  Played received_;
};

}  // namespace comcat::voice
