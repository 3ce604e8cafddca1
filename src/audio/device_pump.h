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

/// Keeps as much waiting for a device as OutputReserve says, to which each turn of the device
/// counts at its own time: that this thread comes late makes no burst of them.
class PlaybackPump {
 public:
  PlaybackPump(SharedStream& stream, RenderHandler& handler) : stream_(stream), handler_(handler) {}

  base::Time step(base::Time now);
  [[nodiscard]] SinkFigures figures() const;

 private:
  SharedStream& stream_;
  RenderHandler& handler_;
  OutputReserve reserve_;
  Block block_{};
  std::atomic<std::size_t> depth_samples_{2 * kBlockSamples};
};

}  // namespace comcat::audio
