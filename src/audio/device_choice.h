#pragma once

#include <optional>
#include <string>
#include <vector>

#include "comcat/audio/device_info.h"

#include "absl/status/statusor.h"
#include "audio/audio_spec.h"

/// Values and functions of them. Threads: any.
namespace comcat::audio {

/// The one device of `devices` that `wanted` means: empty is the default one, digits are a number,
/// anything else is a name or a part of one, case ignored (a whole name wins over parts).
/// kNotFound or kInvalidArgument with one sentence where it is none or more than one.
[[nodiscard]] absl::StatusOr<DeviceInfo> choose_device(const std::vector<DeviceInfo>& devices,
                                                       const std::string& wanted,
                                                       Direction direction);

}  // namespace comcat::audio
