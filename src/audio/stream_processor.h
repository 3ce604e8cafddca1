#pragma once

#include <cstddef>

#include "comcat/base/realtime.h"

namespace comcat::audio {

/// Stands between a sound card's interleaved samples and a handler's 48 kHz mono. One direction
/// each: `in` is null for playback, `out` for capture.
/// Threads    process() on the sound card's; the rest while that does not call.
class StreamProcessor {
 public:
  virtual ~StreamProcessor() = default;
  virtual void process(const float* in, float* out, std::size_t frames) COMCAT_REALTIME = 0;
};

}  // namespace comcat::audio
