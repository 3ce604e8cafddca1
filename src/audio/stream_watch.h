#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "comcat/base/clock.h"

namespace comcat::audio {

/// Tells that a sound card, or the library between, has died, from the outside: it stops calling,
/// calls without end, or keeps a processor busy.
///
/// Time       look() every kInterval. A gap between two looks that is much longer means that this
///            process was stopped, not the card, and starts the count anew.
/// Threads    one.
class StreamWatch {
 public:
  static constexpr std::chrono::milliseconds kInterval{100};
  static constexpr std::chrono::milliseconds kTimeout{2000};
  /// A sound system may take its time before the first kFirstSamples: PulseAudio's null devices two
  /// seconds, a headset without a wire that becomes a microphone some more.
  static constexpr std::chrono::milliseconds kFirstTimeout{5000};
  static constexpr std::uint64_t kFirstSamples = 12'000;
  /// Over kTimeout: more samples than this many times the clock's, or more of one processor.
  static constexpr int kMostSpeed = 4;
  static constexpr double kMostOfAProcessor = 0.8;

  enum class State { kRunning, kFinished, kSilent, kSpinning };

  /// What the device has done so far.
  struct Signs {
    std::uint64_t calls = 0;
    std::uint64_t samples = 0;             // that it asked for or delivered
    std::chrono::nanoseconds cpu_time{0};  // of the process in which it is
    bool finished = false;                 // it said so, or its process has ended
  };
  [[nodiscard]] State look(base::Time now, const Signs& signs);

 private:
  void begin(base::Time now, const Signs& signs);
  [[nodiscard]] bool spins(base::Time now, const Signs& signs) const;

  std::optional<base::Time> last_look_;
  base::Time last_call_{};
  std::uint64_t calls_ = 0;
  base::Time began_{};  // of the time that a spin is looked for in
  Signs at_begin_;
};

}  // namespace comcat::audio
