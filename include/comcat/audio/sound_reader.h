#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::audio {

/// Reads a sound file as 48 kHz mono, piece by piece: whatever libsndfile knows (WAV, FLAC, MP3,
/// AIFF, Ogg...) and FLAC in Ogg, also where the header is unfinished, where an Ogg file is several
/// laid end to end, and while the file is still being written; 1 to 64 channels made one by their
/// layout (src/audio/downmix.h), 1 to 768 kHz resampled. Samples are finite and in [-1, 1] whatever
/// the file says.
///
/// Threads    one at a time. read() may wait for the disk.
/// Memory     a few kilobytes, however long the file.
class SoundReader {
 public:
  /// kNotFound, or kFailedPrecondition (no ordinary file, it may not be read, or it holds no sound
  /// that can be), with one sentence.
  [[nodiscard]] static absl::StatusOr<SoundReader> open(const std::string& path);

  /// Reads from memory; `bytes` must outlive the reader. kInvalidArgument where they are no sound.
  [[nodiscard]] static absl::StatusOr<SoundReader> from_bytes(std::span<const std::byte> bytes);

  SoundReader(SoundReader&&) noexcept;
  SoundReader& operator=(SoundReader&&) noexcept;
  ~SoundReader();

  /// Fills `out`; returns fewer samples than asked for only at the end.
  std::size_t read(std::span<float> out);

  /// Not OK where the end came early, since a later part of the file cannot be read.
  [[nodiscard]] const absl::Status& status() const;

 private:
  class Impl;
  explicit SoundReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A whole sound file in memory as 48 kHz mono. At most `max_samples` are kept: longer is an error.
[[nodiscard]] absl::StatusOr<std::vector<float>> read_sound(
    std::span<const std::byte> bytes, std::size_t max_samples = std::size_t{48'000} * 3600);

}  // namespace comcat::audio
