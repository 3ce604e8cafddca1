#pragma once

#include <memory>
#include <string>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"

#include "absl/status/statusor.h"

namespace comcat::audio {

/// The sound device that `wanted` means (as choose_device), through the process of the devices. It
/// is looked up now and opened by start(). One that finishes, stops calling for 2 s or spins ends
/// its stream, and the process is given up: with it end all streams that it had.
/// Threads    any; what comes out, as Source and Sink say.
[[nodiscard]] absl::StatusOr<std::unique_ptr<Source>> open_device_source(const std::string& wanted);
[[nodiscard]] absl::StatusOr<std::unique_ptr<Sink>> open_device_sink(const std::string& wanted);

}  // namespace comcat::audio
