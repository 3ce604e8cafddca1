#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace comcat::audio {

/// A file that did not exist before, open for writing and locked (flock) while it is open. Its
/// descriptor is whoever takes it's to close.
struct RecordingFile {
  int fd = -1;
  std::string path;
  std::string instead_of;  // safe to print: why it is not the one that was asked for; or empty
};

/// Creates `path`, or if there is something of that name already, the next free one: name-2.wav,
/// name-3.wav... REQUIRES a name that ends in an extension. Nothing that exists is opened for
/// writing, whatever it is and wherever it leads. Only the user may read it (0600): it holds other
/// people's voices. Threads: any.
[[nodiscard]] absl::StatusOr<RecordingFile> create_recording(const std::string& path);

/// One sentence for a write or an open that failed with `error_number`.
[[nodiscard]] absl::Status recording_failure(int error_number, const std::string& sentence);

}  // namespace comcat::audio
