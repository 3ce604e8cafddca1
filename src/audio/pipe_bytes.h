#pragma once

#include <vector>

#include "audio/byte_input.h"

namespace comcat::audio {

/// What comes out of a pipe, as bytes from its first on. The beginning is kept, so that a header
/// can be read twice; what lies far ahead is as if it were not there.
///
/// Threads    one; it waits for the writer.
/// Ownership  `fd` and `wake_fd` are the caller's; a readable `wake_fd` ends every wait.
class PipeBytes final : public ByteInput {
 public:
  PipeBytes(int fd, int wake_fd) : fd_(fd), wake_fd_(wake_fd) {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  /// Endless, as nobody can know.
  [[nodiscard]] std::uint64_t size() const override { return std::uint64_t{1} << 40; }

 private:
  static constexpr std::size_t kKeptBytes = 64 * 1024;

  [[nodiscard]] std::size_t receive(std::span<std::byte> into) const;
  bool keep_until(std::uint64_t end) const;

  const int fd_;
  const int wake_fd_;
  mutable std::vector<std::byte> kept_;  // the beginning
  mutable std::uint64_t received_ = 0;
};

}  // namespace comcat::audio
