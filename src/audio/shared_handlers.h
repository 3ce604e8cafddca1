#pragma once

#include <cstdint>
#include <span>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/realtime.h"

#include "audio/shared_stream.h"

namespace comcat::audio {

// Between a sound card's thread and a SharedStream, whose other side is comcat.
// Threads: the sound card's. Ownership: the stream outlives them.

/// What is captured goes into the stream; what has no room there is lost and counted.
class SharedCapture final : public CaptureHandler {
 public:
  explicit SharedCapture(SharedStream& stream) : stream_(stream) {}
  void on_captured(std::span<const float> samples) COMCAT_REALTIME override;

 private:
  SharedStream& stream_;
};

/// What is played comes from the stream; where that has run dry, silence is played and, once it has
/// had anything, counted.
class SharedRender final : public RenderHandler {
 public:
  explicit SharedRender(SharedStream& stream) : stream_(stream) {}
  void on_render(std::span<float> samples) COMCAT_REALTIME override;

 private:
  SharedStream& stream_;
  bool primed_ = false;
  std::uint64_t taken_ = 0;  // samples, as DeviceTurn has them
  std::uint64_t missed_ = 0;
};

}  // namespace comcat::audio
