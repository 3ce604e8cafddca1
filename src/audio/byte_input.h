#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace comcat::audio {

/// Bytes that can be read anywhere and in any order: a file, memory, or a view of another.
/// Threads    one at a time. Reading may wait for the disk.
class ByteInput {
 public:
  virtual ~ByteInput() = default;
  /// Reads from `offset` on; fewer than asked for only at the end.
  virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
  /// As it is now; a file that is still being written grows.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

/// Views share what they look at.
using Bytes = std::shared_ptr<const ByteInput>;

/// An ordinary file. kNotFound, or kFailedPrecondition with one sentence that begins with `what`
/// where it is something else or may not be read.
[[nodiscard]] absl::StatusOr<Bytes> open_file_bytes(const std::string& path,
                                                    const std::string& what);

/// `bytes` must outlive what is returned.
[[nodiscard]] Bytes memory_bytes(std::span<const std::byte> bytes);

/// Those from `begin` to `end`, as if they were all; the window does not grow.
[[nodiscard]] Bytes window(Bytes bytes, std::uint64_t begin, std::uint64_t end);

/// Those from `begin` on, which grow as `bytes` does.
[[nodiscard]] Bytes tail(Bytes bytes, std::uint64_t begin);

/// Other bytes at one place.
struct Patch {
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};
[[nodiscard]] Bytes patched(Bytes bytes, std::vector<Patch> patches);

}  // namespace comcat::audio
