#pragma once

#include <chrono>
#include <memory>

#include <portaudio.h>

#include "comcat/audio/frame.h"
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
  /// `in_graph`: another program's sound may be at its other end, as JACK has it.
  void prepare(std::unique_ptr<StreamProcessor> processor, int rate_hz, bool in_graph = false) {
    processor_ = std::move(processor);
    rate_hz_ = rate_hz;
    in_graph_ = in_graph;
  }

  /// PortAudio's callbacks; `user` is the DeviceCallback.
  static int on_audio(const void* in, void* out, unsigned long frames,
                      const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                      void* user) COMCAT_REALTIME;
  /// What `time` tells of the sound's way through the device: from the last sample captured, or to
  /// the first played. Within a second: drivers have told anything.
  [[nodiscard]] static std::chrono::microseconds delay_of(const PaStreamCallbackTimeInfo& time,
                                                          bool captures,
                                                          double seconds) COMCAT_REALTIME;
  /// Likewise, where it ends in a graph: a period of it is handed on when its first sample is due.
  /// What a sound card adds is told by JACK whether there is one at the other end or not.
  [[nodiscard]] static std::chrono::microseconds delay_in_graph(bool captures,
                                                                double seconds) COMCAT_REALTIME;
  static void on_finished(void* user) COMCAT_REALTIME;

 private:
  std::unique_ptr<StreamProcessor> processor_;
  double rate_hz_ = kSampleRate;
  bool in_graph_ = false;
  DeviceCounters& counters_;
};

}  // namespace comcat::audio
