#include "audio/audio_spec.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include "comcat/audio/sink.h"
#include "comcat/audio/source.h"
#include "comcat/base/text.h"

#include "absl/status/status.h"

namespace comcat::audio {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kTone = "tone:";
constexpr double kMinHertz = 20;
constexpr double kMaxHertz = 20'000;

std::optional<double> parse_hertz(std::string_view text) {
  double hertz = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), hertz, std::chars_format::fixed);
  const bool complete = error == std::errc() && end == text.data() + text.size();
  if (!complete || !(hertz >= kMinHertz && hertz <= kMaxHertz)) return std::nullopt;
  return hertz;
}

absl::StatusOr<AudioSpec> parse_tone(const std::string& spec, Direction direction) {
  if (direction == Direction::kOutput) {
    return absl::InvalidArgumentError(
        "a tone can only be an input; --output takes a device, file:PATH.wav or null");
  }
  const std::optional<double> hertz = parse_hertz(std::string_view(spec).substr(kTone.size()));
  if (!hertz) {
    return absl::InvalidArgumentError("\"" + base::safe_text(spec) +
                                      "\" names no tone; write tone:HZ with 20 to 20000, as in "
                                      "tone:440");
  }
  return AudioSpec{AudioSpec::Kind::kTone, {}, *hertz};
}

/// A pipe has no name of its own to end in .wav, and /dev/stdin is standard input.
AudioSpec::Kind kind_of(const std::string& path, Direction direction) {
  struct stat named {};
  if (::stat(path.c_str(), &named) != 0 || !S_ISFIFO(named.st_mode)) return AudioSpec::Kind::kFile;
  struct stat standard {};
  const int fd = direction == Direction::kInput ? STDIN_FILENO : STDOUT_FILENO;
  const bool same = ::fstat(fd, &standard) == 0 && standard.st_dev == named.st_dev &&
                    standard.st_ino == named.st_ino;
  return same ? AudioSpec::Kind::kStandardStream : AudioSpec::Kind::kFifo;
}

}  // namespace

const char* flag_of(Direction direction) {
  return direction == Direction::kInput ? "--input" : "--output";
}

absl::StatusOr<AudioSpec> parse_audio_spec(const std::string& spec, Direction direction) {
  if (spec.empty() || spec == "device") return AudioSpec{};
  if (spec == "-") return AudioSpec{AudioSpec::Kind::kStandardStream, {}, 0};
  if (spec == "null") return AudioSpec{AudioSpec::Kind::kNull, {}, 0};
  if (spec.starts_with(kTone)) return parse_tone(spec, direction);
  if (!spec.starts_with(kFile)) return AudioSpec{AudioSpec::Kind::kDevice, spec, 0};
  const std::string path = spec.substr(kFile.size());
  if (path.empty() || path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("\"file:\" names no file; write file:PATH.wav");
  }
  return AudioSpec{kind_of(path, direction), path, 0};
}

bool is_default_device(const std::string& spec) {
  const absl::StatusOr<AudioSpec> parsed = parse_audio_spec(spec, Direction::kInput);
  return parsed.ok() && parsed->kind == AudioSpec::Kind::kDefaultDevice;
}

bool is_device(const std::string& spec) {
  const auto parsed = parse_audio_spec(spec, Direction::kInput);
  return parsed.ok() && (parsed->kind == AudioSpec::Kind::kDefaultDevice ||
                         parsed->kind == AudioSpec::Kind::kDevice);
}

bool reads_standard_input(const std::string& spec) {
  const auto parsed = parse_audio_spec(spec, Direction::kInput);
  return parsed.ok() && parsed->kind == AudioSpec::Kind::kStandardStream;
}

bool writes_standard_output(const std::string& spec) {
  const auto parsed = parse_audio_spec(spec, Direction::kOutput);
  return parsed.ok() && parsed->kind == AudioSpec::Kind::kStandardStream;
}

}  // namespace comcat::audio
