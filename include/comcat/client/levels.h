#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"
#include "comcat/client/report.h"
#include "comcat/wire/limits.h"

namespace comcat::client {

/// How loud a sound is, in -dBov: 0 is full scale, wire::kSilentDbov is silence.
struct Levels {
  unsigned level_dbov = wire::kSilentDbov;  // of the last LevelMeter::kWindow (RMS)
  unsigned peak_dbov = wire::kSilentDbov;   // the highest sample of the last LevelMeter::kHold
  friend bool operator==(const Levels&, const Levels&) = default;
};

/// Measures how loud a sound is that comes piece by piece.
/// Threads    add() from one, which it never keeps waiting; levels() from any.
class LevelMeter {
 public:
  static constexpr std::chrono::milliseconds kWindow{100};
  static constexpr std::chrono::seconds kHold{3};
  /// A sound of which nothing more has come for so long is silent.
  static constexpr std::chrono::milliseconds kStale{500};

  void add(std::span<const float> samples, base::Time now) noexcept;
  [[nodiscard]] Levels levels(base::Time now) const;

 private:
  static constexpr std::size_t kWindowSamples = audio::to_samples(kWindow);
  static constexpr std::size_t kWindows = kHold / kWindow;

  void finish_window(base::Time now) noexcept;

  // Of add().
  double energy_ = 0;  // of the window
  float peak_ = 0;
  std::size_t samples_ = 0;
  std::array<float, kWindows> peaks_{};  // of the last windows, the oldest at next_
  std::size_t next_ = 0;

  std::atomic<unsigned> level_dbov_{wire::kSilentDbov};
  std::atomic<unsigned> peak_dbov_{wire::kSilentDbov};
  std::atomic<base::Time> at_{base::Time::min()};  // of the last window's end
};

/// Of a call: the microphone behind the stages that clean it, and what is played.
struct SoundLevels {
  Levels input;
  Levels output;
};

/// What the word `levels` answers. `muted`: nobody hears the input. Threads: any.
[[nodiscard]] Report levels_report(const SoundLevels& levels, bool muted);

}  // namespace comcat::client
