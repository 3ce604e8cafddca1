#pragma once

#include <vector>

#include "comcat/audio/device_info.h"

#include "absl/status/statusor.h"

namespace comcat::audio {

/// PortAudio, initialised, and the devices that it saw then. Once in a process.
///
/// JACK       the process is the JACK client $COMCAT_JACK_NAME, or comcat-<pid of comcat>.
/// Threads    one, which also opens the streams.
class PortAudioSession {
 public:
  /// kFailedPrecondition with one sentence where there is no sound system at all.
  [[nodiscard]] static absl::StatusOr<PortAudioSession> open();

  PortAudioSession(PortAudioSession&& other) noexcept = default;
  PortAudioSession& operator=(PortAudioSession&&) = delete;
  ~PortAudioSession() = default;

  [[nodiscard]] const std::vector<DeviceInfo>& devices() const { return devices_; }
  /// Null where there is no such device.
  [[nodiscard]] const DeviceInfo* device(int number) const;
  /// In an orderly way: JACK's server is told. May abort the process where it has died.
  static void close();

 private:
  explicit PortAudioSession(std::vector<DeviceInfo> devices) : devices_(std::move(devices)) {}

  std::vector<DeviceInfo> devices_;
};

}  // namespace comcat::audio
