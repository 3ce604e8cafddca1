#pragma once

#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::audio {

/// Writes a 48 kHz mono 16-bit WAV file. The header is brought up to date every second, so what a
/// killed process leaves behind can be played.
///
/// Threads    one at a time. Every call may wait for the disk.
/// Errors     kResourceExhausted (disk full, 4 GB reached), kPermissionDenied and the like, each
///            with one sentence; after the first one, write() does nothing and repeats it.
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
