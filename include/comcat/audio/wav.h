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
class WavReader {
 public:
  /// kNotFound, or kFailedPrecondition (no ordinary file, it may not be read, or it holds no sound
  /// that can be), with one sentence.
  [[nodiscard]] static absl::StatusOr<WavReader> open(const std::string& path);

  /// Reads from memory; `bytes` must outlive the reader. kInvalidArgument where they are no sound.
  [[nodiscard]] static absl::StatusOr<WavReader> from_bytes(std::span<const std::byte> bytes);

  WavReader(WavReader&&) noexcept;
  WavReader& operator=(WavReader&&) noexcept;
  ~WavReader();

  /// Fills `out`; returns fewer samples than asked for only at the end.
  std::size_t read(std::span<float> out);

  /// Not OK where the end came early, since a later part of the file cannot be read.
  [[nodiscard]] const absl::Status& status() const;

 private:
  class Impl;
  explicit WavReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A whole sound file in memory as 48 kHz mono. At most `max_samples` are kept: longer is an error.
[[nodiscard]] absl::StatusOr<std::vector<float>> read_wav(
    std::span<const std::byte> bytes, std::size_t max_samples = std::size_t{48'000} * 3600);

/// Writes a 48 kHz mono 16-bit WAV file. The header is brought up to date every second, so what a
/// killed process leaves behind can be played.
///
/// Threads    one at a time. Every call may wait for the disk.
/// Errors     kResourceExhausted (disk full, 4 GB reached), kPermissionDenied and the like, each
/// with one
///            sentence; after the first one, write() does nothing and repeats it.
class WavWriter {
 public:
  /// kInvalidArgument where `path` does not end in ".wav": a slip of the hand shall look like
  /// one.
  [[nodiscard]] static absl::Status check_name(const std::string& path);

  /// Creates `path`, if check_name() permits, or the next free of name-2.wav, name-3.wav...: what
  /// exists is never written to. Others may not read it (0600); it is locked while it is written.
  [[nodiscard]] static absl::StatusOr<WavWriter> create(const std::string& path);

  WavWriter(WavWriter&&) noexcept;
  WavWriter& operator=(WavWriter&&) noexcept;
  /// Finishes what finish() was not called for.
  ~WavWriter();

  /// What was created, as it is on the disk.
  [[nodiscard]] const std::string& path() const;
  /// "meeting.wav exists already", safe to print, where path() is not what was asked for.
  [[nodiscard]] const std::string& instead_of() const;

  /// Appends; beyond [-1, 1] is clipped.
  [[nodiscard]] absl::Status write(std::span<const float> samples);

  /// Completes the header and closes. Nothing can be written after it.
  [[nodiscard]] absl::Status finish();

 private:
  class Impl;
  explicit WavWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace comcat::audio
