#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "comcat/audio/frame.h"
#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/clock.h"

#include "audio/output_reserve.h"
#include "audio/shared_stream.h"

namespace comcat::audio {

// comcat's side of a SharedStream: one turn of the thread between it and a handler.
// Threads: one; figures() from any. Ownership: stream and handler outlive them.

/// Hands on what a device has captured. Where it could not for so long that samples were lost, what
/// still waits is stale and thrown away.
class CapturePump {
 public:
  CapturePump(SharedStream& stream, CaptureHandler& handler) : stream_(stream), handler_(handler) {}

  /// When to be called again at the latest, unless the device posts.
  base::Time step(base::Time now);

 private:
  SharedStream& stream_;
  CaptureHandler& handler_;
  std::uint64_t missed_ = 0;
  std::array<float, kBlockSamples> samples_{};
};

/// Has rendered what a device will take by the time that it takes it, and hardly before: what
/// OutputReserve says. Each turn of the device counts at its own time: that this thread comes late
/// is not taken for unevenness of the device's.
class PlaybackPump {
 public:
  PlaybackPump(SharedStream& stream, RenderHandler& handler) : stream_(stream), handler_(handler) {}

  /// When to be called again; the device does not post.
  base::Time step(base::Time now);
  /// To be called after each step(): what it had to render is there at `now`.
  void done(base::Time now);
  [[nodiscard]] SinkFigures figures() const;

 private:
  /// Nobody knows at first whether this machine has time to spare, and a gap is heard.
  static constexpr std::chrono::microseconds kFirstLateness{6'400};

  void note(const DeviceTurn& turn);
  void render(std::size_t samples);

  SharedStream& stream_;
  RenderHandler& handler_;
  std::uint64_t rendered_ = 0;  // samples, in all
  std::uint64_t missed_ = 0;    // of the turns that the handler knows of
  OutputReserve reserve_{kFirstLateness};
  Block block_{};
  base::Time due_ = base::Time::max();   // when step() wanted to be called
  base::Time next_ = base::Time::max();  // and wants to be
  std::atomic<std::chrono::microseconds> delay_{kBlockDuration};
};

}  // namespace comcat::audio
