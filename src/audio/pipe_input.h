#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "audio/paced_source.h"

namespace comcat::audio {

/// Sound that another program writes: raw, or a WAV file of any kind, which begins with RIFF, RIFX
/// or RF64 and may be endless.
///
/// Raw        48 kHz, mono, signed 16 bits, little-endian.
/// Pace       The writer waits while 200 ms and the pipe's own buffer are full. What comes too late
///            is silence first; sound begins, and goes on after a gap, when 200 ms of it are there
///            or 200 ms have passed.
/// The end    of standard input is that of a file. A FIFO goes on with its next writer, who begins
///            anew, as raw or WAV.
/// Threads    one of its own reads and decodes.
[[nodiscard]] std::unique_ptr<SoundProducer> make_standard_input();

/// kFailedPrecondition with one sentence where the FIFO cannot be opened.
[[nodiscard]] absl::StatusOr<std::unique_ptr<SoundProducer>> make_fifo_input(
    const std::string& path);

}  // namespace comcat::audio
