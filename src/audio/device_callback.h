#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <portaudio.h>

#include "comcat/base/realtime.h"

#include "audio/stream_processor.h"

namespace comcat::audio {

/// What a sound card's thread and the rest of the program share about one stream.
///
/// Threads    prepare() before the stream opens; on_audio() and on_finished() from PortAudio's
///            threads; close() and the counters from any. Nothing in on_audio() waits, allocates or
///            locks.
/// Ownership  kept alive by whoever may still call: PortAudio until its stream is closed.
class DeviceCallback {
 public:
  /// What the stream about to open will be served by.
  void prepare(std::unique_ptr<StreamProcessor> processor, int channels);

  /// PortAudio's callbacks; `user` is the DeviceCallback.
  static int on_audio(const void* in, void* out, unsigned long frames,
                      const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                      void* user) COMCAT_REALTIME;
  static void on_finished(void* user) COMCAT_REALTIME;

  /// The processor is not called any more once this returns; playback goes on with silence. Holds
  /// for a stream that opens only later, too.
  void close();

  [[nodiscard]] std::uint64_t calls() const { return calls_.load(std::memory_order_relaxed); }
  /// How often the device reported that input was lost or output came too late.
  [[nodiscard]] std::uint64_t xruns() const { return xruns_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool finished() const { return finished_.load(std::memory_order_acquire); }

 private:
  void process(const void* in, void* out, unsigned long frames) COMCAT_REALTIME;

  std::unique_ptr<StreamProcessor> processor_;
  std::size_t channels_ = 1;
  std::atomic<bool> open_{true};
  std::atomic<bool> inside_{false};  // the sound card's thread may be in the processor
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> xruns_{0};
  std::atomic<bool> finished_{false};
};

}  // namespace comcat::audio
