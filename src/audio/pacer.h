#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "comcat/audio/frame.h"
#include "comcat/base/clock.h"

namespace comcat::audio {

/// Calls for one block every 10 ms where no sound card does.
///
/// Time       deadlines are absolute: the first is the first step(), each later one exactly 10 ms
///            after the one before, so nothing drifts. A late step() makes up for every block that
///            fell due, up to kMaxBacklog; time beyond that (a process that was suspended) is
///            skipped.
/// Threads    one at a time.
class Pacer {
 public:
  static constexpr std::chrono::milliseconds kMaxBacklog{1000};

  /// `on_block` is called once per block; false means that no further one is wanted.
  explicit Pacer(std::function<bool()> on_block);

  /// Serves what is due at `now`. Returns the next deadline, or nothing once on_block said false.
  std::optional<base::Time> step(base::Time now);

 private:
  void skip_excess(base::Time now);

  std::function<bool()> on_block_;
  std::optional<base::Time> deadline_;
};

}  // namespace comcat::audio
