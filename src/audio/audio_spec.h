#pragma once

#include <string>

#include "absl/status/statusor.h"

/// Values and functions of them. Threads: any.
namespace comcat::audio {

enum class Direction { kInput, kOutput };

/// What --input or --output names, before anything is opened.
struct AudioSpec {
  enum class Kind { kDefaultDevice, kDevice, kFile, kFifo, kStandardStream, kTone, kNull };
  Kind kind = Kind::kDefaultDevice;
  std::string text;  // the device's number or part of its name, or the path
  double hertz = 0;
};

/// kInvalidArgument with one sentence for a spec that cannot mean anything.
[[nodiscard]] absl::StatusOr<AudioSpec> parse_audio_spec(const std::string& spec,
                                                         Direction direction);

/// "--input" or "--output", for sentences.
[[nodiscard]] const char* flag_of(Direction direction);

}  // namespace comcat::audio
