#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "comcat/base/file_descriptor.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comcat::base {

/// A file as private_file.h has them, that several programs of the user change: whoever has it open
/// is alone with it, and the others wait (flock(2)).
///
/// Errors     those of private_file.h.
/// Threads    one at a time per object.
class SharedFile {
 public:
  enum class Access { kRead, kAppend };  // replace() is allowed to both

  /// Makes the file, and its directory, where there is none.
  [[nodiscard]] static absl::StatusOr<SharedFile> open(const std::string& path, Access access);

  [[nodiscard]] absl::StatusOr<std::string> read(std::size_t max_bytes) const;
  /// Adds `text` at the end; needs kAppend. It is on the disk when the system gets to it.
  [[nodiscard]] absl::Status append(const std::string& text) const;
  /// Puts a file of `text` in its place. The object is of no use after that.
  [[nodiscard]] absl::Status replace(const std::string& text) const;

 private:
  SharedFile(std::string path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  FileDescriptor file_;
};

}  // namespace comcat::base
