#pragma once

#include <memory>
#include <string>
#include <vector>

#include "comcat/audio/device_info.h"

#include "absl/status/statusor.h"

namespace comcat::audio {

/// PortAudio, initialised for as long as someone holds this (it counts sessions itself), and the
/// devices that it saw then: what is plugged in later shows in a session opened when no other is.
///
/// JACK       this process is the JACK client $COMCAT_JACK_NAME, or comcat-<pid>.
/// Threads    any.
class PortAudioSession {
 public:
  /// kFailedPrecondition or kUnavailable with one sentence where there is no sound system at all.
  [[nodiscard]] static absl::StatusOr<std::shared_ptr<const PortAudioSession>> open();

  explicit PortAudioSession(std::vector<DeviceInfo> devices);
  ~PortAudioSession();
  PortAudioSession(const PortAudioSession&) = delete;
  PortAudioSession& operator=(const PortAudioSession&) = delete;

  [[nodiscard]] const std::vector<DeviceInfo>& devices() const { return devices_; }

 private:
  const std::vector<DeviceInfo> devices_;
};

}  // namespace comcat::audio
