#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

#include "comcat/base/clock.h"
#include "comcat/load/histogram.h"
#include "comcat/load/options.h"
#include "comcat/load/window.h"
#include "comcat/wire/messages.h"

namespace comcat::load {

/// The voices: a thread that has each speaker send a frame when it is due. Deadlines are absolute,
/// so nothing drifts; speakers' phases are spread evenly over the period.
/// Threads    the owner's; `say` is called on its own.
class Speakers {
 public:
  using Say = std::function<void(std::size_t speaker, const wire::VoiceUp& frame)>;

  struct Sent {
    std::uint64_t frames = 0;
    std::uint64_t deliveries = 0;  // that should come of them
    Histogram lateness;            // of the timer, for the frames counted
    std::chrono::nanoseconds cpu{0};
  };

  Speakers(const Options& options, const Window& window, Say say);

  /// Begins at `start`.
  void start(base::Time start);

  /// Says no more; what was said.
  [[nodiscard]] Sent stop();

 private:
  void run(const std::stop_token& stop, base::Time start);
  void speak(std::size_t speaker, std::uint32_t serial, base::Time due);
  /// Who should hear `speaker`.
  [[nodiscard]] std::uint64_t audience(std::size_t speaker) const;

  const Options options_;
  const Window& window_;
  const Say say_;
  Sent sent_;
  std::jthread thread_;
};

}  // namespace comcat::load
