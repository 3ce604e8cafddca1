#pragma once

#include <chrono>
#include <cstdint>

#include "comcat/base/clock.h"

namespace comcat::server {

/// How loud one speaker says it is, frame by frame, and how far that is believed.
///
/// The level is smoothed: it falls slower than it rises, so that the gap after a syllable does not
/// look like a quieter speaker. Speech falls often, between syllables and words and in pauses: each
/// second in frames of 20 ms, each three in frames of 120. A claim that has not fallen by kFallDb
/// for kSteady is music, noise or a lie, and yields to any voice: it counts for kDisbeliefDb less.
///
/// Threads    one: the room's shard.
class Claim {
 public:
  static constexpr unsigned kVoiceDbov = 60;              // quieter than this is background noise
  static constexpr std::chrono::milliseconds kHold{400};  // a voice's pauses within what it says
  static constexpr double kFallDb = 10;
  static constexpr std::chrono::milliseconds kSteady{4000};
  static constexpr double kDisbeliefDb = 60;

  /// A frame of `level_dbov` came at `now`.
  void hear(std::uint8_t level_dbov, base::Time now);

  /// Once a voice, then quiet for longer than kHold; or never a voice.
  [[nodiscard]] bool is_over(base::Time now) const { return now - last_voice_ > kHold; }
  [[nodiscard]] base::Time last_frame() const { return last_frame_; }
  [[nodiscard]] base::Time last_voice() const { return last_voice_; }  // louder than kVoiceDbov
  [[nodiscard]] bool is_steady(base::Time now) const { return now - last_fall_ > kSteady; }
  /// The smoothed level, as far as it is believed; 0 is full scale.
  [[nodiscard]] double believed_db(base::Time now) const {
    return level_db_ - (is_steady(now) ? kDisbeliefDb : 0);
  }

 private:
  double level_db_ = -127;
  double peak_db_ = -127;  // the loudest of late
  base::Time last_frame_{};
  base::Time last_voice_{};
  base::Time last_fall_{};
};

}  // namespace comcat::server
