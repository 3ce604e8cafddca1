#pragma once

#include <string>

#include "support/signal.h"

namespace comcat::testing {

/// A sentence as espeak-ng says it, 48 kHz; where that is missing, what sounds like speech.
[[nodiscard]] Samples speak(const std::string& sentence, const std::string& voice = "en-us");

/// `samples` with `silence` samples of nothing before and after.
[[nodiscard]] Samples padded(const Samples& samples, std::size_t silence);

/// A whole WAV file, 48 kHz mono; empty where it cannot be read.
[[nodiscard]] Samples read_file(const std::string& path);

/// Writes a 16-bit WAV file.
void write_file(const std::string& path, const Samples& samples);

}  // namespace comcat::testing
