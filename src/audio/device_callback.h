#pragma once

#include <memory>

#include <portaudio.h>

#include "comcat/base/realtime.h"

#include "audio/shared_stream.h"
#include "audio/stream_processor.h"

namespace comcat::audio {

/// What a sound card's thread calls for one stream.
///
/// Threads    prepare() before the stream opens; on_audio() and on_finished() from PortAudio's
///            threads. Nothing in them waits, allocates or locks.
/// Ownership  outlives PortAudio's stream, as the counters do.
class DeviceCallback {
 public:
  explicit DeviceCallback(DeviceCounters& counters) : counters_(counters) {}

  /// What the stream about to open will be served by.
  void prepare(std::unique_ptr<StreamProcessor> processor) { processor_ = std::move(processor); }

  /// PortAudio's callbacks; `user` is the DeviceCallback.
  static int on_audio(const void* in, void* out, unsigned long frames,
                      const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                      void* user) COMCAT_REALTIME;
  static void on_finished(void* user) COMCAT_REALTIME;

 private:
  std::unique_ptr<StreamProcessor> processor_;
  DeviceCounters& counters_;
};

}  // namespace comcat::audio
