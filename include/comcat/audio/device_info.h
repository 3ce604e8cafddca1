#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace comcat::audio {

/// One sound device of this machine.
struct DeviceInfo {
  int number = 0;
  std::string name;    // safe to print
  std::string system;  // ALSA, JACK...
  int input_channels = 0;
  int output_channels = 0;
  bool default_input = false;
  bool default_output = false;
};

/// Every sound device that this machine has now; an empty list where there is none. A device that
/// is named by its number from here on is meant by this list.
/// Threads    any; waits for the sound systems, at most some seconds.
[[nodiscard]] absl::StatusOr<std::vector<DeviceInfo>> list_devices();

}  // namespace comcat::audio
