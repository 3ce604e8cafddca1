#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/wire/messages.h"

namespace comcat::server {

/// Chooses the few speakers of a room that its listeners are sent, from the level that each frame
/// carries (RFC 6464), without decoding. So a room of N who all talk costs N·K deliveries, not N².
///
/// A free slot admits at once, so that no first syllable is lost. A slot is free when its speaker
/// has not been heard (louder than kVoiceDbov) for kHold. Taking an occupied slot needs a smoothed
/// level kMarginDb above the weakest speaker's for kPersistence: equals do not flap.
///
/// Cost       offer() is linear in the slots and in those who want one.
/// Threads    one: the room's shard.
class Loudest {
 public:
  static constexpr std::chrono::milliseconds kHold{400};
  static constexpr std::chrono::milliseconds kPersistence{60};
  static constexpr std::chrono::milliseconds kFrameGap{80};  // the longest Opus packet and jitter
  static constexpr double kMarginDb = 6;
  static constexpr unsigned kVoiceDbov = 60;  // quieter than this is background noise

  explicit Loudest(std::size_t max_speakers) : max_speakers_(max_speakers) {}

  /// True where the frame that `speaker` sent at `now` is to be forwarded.
  [[nodiscard]] bool offer(wire::SessionNumber speaker, std::uint8_t level_dbov, base::Time now);

  void remove(wire::SessionNumber speaker);

  /// Slots whose speaker has been heard within kFrameGap of `now`. The rare quiet frames of
  /// somebody who says nothing do not count: nobody's voice is to wait for those.
  [[nodiscard]] std::size_t talking(base::Time now) const;

 private:
  /// Somebody who speaks: who holds a slot, or wants one.
  struct Candidate {
    wire::SessionNumber number = 0;
    double level_db = -127;  // of the voice, smoothed; 0 is full scale
    base::Time last_frame{};
    base::Time last_voice{};    // last frame louder than kVoiceDbov
    base::Time louder_since{};  // challengers: since when above the margin; 0 where it is not
  };

  static void update(Candidate& candidate, std::uint8_t level_dbov, base::Time now);
  [[nodiscard]] static bool is_free(const Candidate& candidate, base::Time now);
  [[nodiscard]] Candidate& weakest(base::Time now);
  [[nodiscard]] Candidate& challenger(wire::SessionNumber number, base::Time now);

  std::size_t max_speakers_;
  std::vector<Candidate> slots_;
  std::vector<Candidate> challengers_;
};

}  // namespace comcat::server
