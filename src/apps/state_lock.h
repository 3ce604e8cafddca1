#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "comcat/base/file_descriptor.h"

#include "absl/status/statusor.h"

namespace comcat::apps {

/// A state directory that is this server's alone: server.lock in it, locked for as long as this
/// lives, and gone after it. The kernel lets go of it when the process is killed; the file that is
/// left then is the next server's.
/// Threads: one at a time.
class StateLock {
 public:
  /// Makes the directory where it is not there. One sentence where it cannot; kAlreadyExists
  /// where another server has it.
  [[nodiscard]] static absl::StatusOr<StateLock> take(const std::filesystem::path& directory);

  StateLock(StateLock&&) noexcept = default;
  StateLock& operator=(StateLock&&) = delete;
  ~StateLock();

 private:
  StateLock(std::string path, base::FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  base::FileDescriptor file_;
};

}  // namespace comcat::apps
