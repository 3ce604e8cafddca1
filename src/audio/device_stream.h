#pragma once

#include <functional>
#include <memory>

#include <portaudio.h>

#include "comcat/audio/device_info.h"

#include "absl/status/statusor.h"
#include "audio/audio_spec.h"
#include "audio/device_callback.h"
#include "audio/shared_stream.h"

namespace comcat::audio {

/// One PortAudio stream, to or from one device, from open() to destruction.
///
/// Format     48 kHz where the device takes it, else its own rate; mono, else stereo, else all its
///            channels (on JACK playback is stereo first, since mono would reach one ear only).
/// Threads    the one that calls PortAudio. Where a sound server has died, open() and destruction
///            may never return, or abort the process: only for the process of the devices.
/// Ownership  the counters outlive the stream.
class DeviceStream {
 public:
  using MakeProcessor = std::function<std::unique_ptr<StreamProcessor>(int channels, int rate_hz)>;

  /// `device` is one of this process's PortAudioSession. kFailedPrecondition or kNotFound with one
  /// sentence where it does not open.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<DeviceStream>> open(
      const DeviceInfo& device, Direction direction, const MakeProcessor& make_processor,
      DeviceCounters& counters);
  ~DeviceStream();
  DeviceStream(const DeviceStream&) = delete;
  DeviceStream& operator=(const DeviceStream&) = delete;

 private:
  explicit DeviceStream(DeviceCounters& counters) : callback_(counters) {}

  DeviceCallback callback_;
  PaStream* stream_ = nullptr;
};

}  // namespace comcat::audio
