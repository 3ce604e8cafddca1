#pragma once

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::audio {

/// Writes a 48 kHz mono 16-bit WAV or FLAC file, as its name ends. What a killed process leaves
/// behind can be played to its last second: a WAV's header is brought up to date every second.
///
/// Threads    one at a time. Every call may wait for the disk.
/// Errors     kResourceExhausted (disk full, 4 GB of a WAV file reached), kPermissionDenied and the
/// like, each
///            with one sentence; after the first one, write() does nothing and repeats it.
class SoundWriter {
 public:
  /// kInvalidArgument where `path` ends in neither ".wav" nor ".flac": a slip of the hand shall
  /// look like one.
  [[nodiscard]] static absl::Status check_name(const std::string& path);

  /// Creates `path`, if check_name() permits, or the next free of name-2.wav, name-3.wav...: what
  /// exists is never written to. Others may not read it (0600); it is locked while it is written.
  [[nodiscard]] static absl::StatusOr<SoundWriter> create(const std::string& path);

  SoundWriter(SoundWriter&&) noexcept;
  SoundWriter& operator=(SoundWriter&&) noexcept;
  /// Finishes what finish() was not called for.
  ~SoundWriter();

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
  explicit SoundWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace comcat::audio
