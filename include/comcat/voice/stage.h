#pragma once

#include <chrono>

#include "comcat/audio/frame.h"

namespace comcat::voice {

/// 10 ms of the microphone, and what is known of that moment.
struct Moment {
  audio::Block near{};
  audio::Block far{};  // what the loudspeaker plays, as FarEndLine chooses it
  /// How much later than in `far` its echo is expected in `near`: where a search begins, not ends.
  std::chrono::milliseconds echo_delay{0};
  bool speech = true;  // as far as it has been judged
};

/// Something between microphone and encoder: works on one moment after the other.
///
/// Threads    one at a time, and never a sound card's: a stage may compute and allocate.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void process(Moment& moment) = 0;
  /// By how much what it puts out is later than what it was given.
  [[nodiscard]] virtual std::chrono::microseconds delay() const { return {}; }
};

}  // namespace comcat::voice
