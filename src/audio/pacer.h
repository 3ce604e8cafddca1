#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"

namespace comcat::audio {

/// Calls for a turn of sound every so often where no sound card does.
///
/// Time       deadlines are absolute: the first is the first step(), each later one exactly a turn
///            after the one before, so nothing drifts. A late step() makes up for every turn that
///            fell due, up to kMaxBacklog; time beyond that (a process that was suspended) is
///            skipped.
/// Threads    one at a time.
class Pacer {
 public:
  static constexpr std::chrono::milliseconds kMaxBacklog{1000};

  /// `on_turn` is called once per turn; false means that no further one is wanted.
  explicit Pacer(std::function<bool()> on_turn, std::chrono::microseconds turn = kBlockDuration)
      : on_turn_(std::move(on_turn)), turn_(turn) {}

  /// Serves what is due at `now`. Returns the next deadline, or nothing once on_turn said false.
  std::optional<base::Time> step(base::Time now);

 private:
  void skip_excess(base::Time now);

  std::function<bool()> on_turn_;
  base::Duration turn_;
  std::optional<base::Time> deadline_;
};

}  // namespace comcat::audio
