#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "comcat/audio/source.h"

#include "absl/status/status.h"
#include "audio/audio_spec.h"
#include "audio/device_callback.h"
#include "audio/portaudio_session.h"

namespace comcat::audio {

/// One PortAudio stream, to or from one device, and the thread that watches over it.
///
/// Format     48 kHz where the device takes it, else its own rate; mono, else stereo, else all its
///            channels (on JACK playback is stereo first, since mono would reach one ear only).
/// Failure    a device that finishes or stops calling for 2 s ends the stream: on_end is called
///            once, from the watching thread, which must not call stop().
/// Threads    one at a time, the owner's.
class DeviceStream {
 public:
  using MakeProcessor = std::function<std::unique_ptr<StreamProcessor>(int channels, int rate_hz)>;

  DeviceStream(std::shared_ptr<const PortAudioSession> session, DeviceInfo device,
               Direction direction);
  ~DeviceStream() { stop(); }

  [[nodiscard]] absl::Status start(const MakeProcessor& make_processor, EndHandler on_end);
  /// Returns after the processor's last call, also where the device hangs.
  void stop();

  [[nodiscard]] const DeviceInfo& device() const { return device_; }
  /// How often the device reported lost samples since start().
  [[nodiscard]] std::uint64_t xruns() const { return callback_ ? callback_->xruns() : 0; }

 private:
  void watch(EndHandler on_end);

  const std::shared_ptr<const PortAudioSession> session_;
  const DeviceInfo device_;
  const Direction direction_;
  std::shared_ptr<DeviceCallback> callback_;  // also PortAudio's until its stream is closed
  PaStream* stream_ = nullptr;
  std::jthread watching_;
};

}  // namespace comcat::audio
