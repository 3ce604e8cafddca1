#include "comcat/base/shared_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "comcat/base/private_file.h"
#include "comcat/base/text.h"
#include "comcat/base/write.h"

namespace comcat::base {
namespace {

constexpr mode_t kOwnerOnly = 0600;

absl::Status failed(const std::string& what, const std::string& path) {
  const int error = errno;
  const std::string text =
      "cannot " + what + " " + safe_text(path) + ": " + std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(text);
  return absl::UnavailableError(text);
}

bool is_still(int file, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// The file, made where there is none; without waiting where it is a pipe.
FileDescriptor open_or_make(const std::string& path, int flags) {
  FileDescriptor file(::open(path.c_str(), flags | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (!file.valid() && errno == EEXIST) {
    file.reset(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
  }
  return file;
}

}  // namespace

/// Whoever replaces the file holds the lock of the one that is there. Others cannot take it, as
/// they may not open the file.
absl::StatusOr<SharedFile> SharedFile::open(const std::string& path, Access access) {
  if (absl::Status status = prepare_private_directory(path); !status.ok()) return status;
  const int flags = access == Access::kRead ? O_RDONLY : O_RDWR | O_APPEND;
  for (;;) {
    FileDescriptor file = open_or_make(path, flags);
    if (!file.valid()) return failed("write", path);
    if (absl::Status status = check_private_file(file.get(), path); !status.ok()) return status;
    if (::flock(file.get(), LOCK_EX) != 0) return failed("lock", path);
    if (is_still(file.get(), path)) return SharedFile(path, std::move(file));
  }
}

absl::StatusOr<std::string> SharedFile::read(std::size_t max_bytes) const {
  return read_private_file(file_.get(), path_, max_bytes);
}

absl::Status SharedFile::append(const std::string& text) const {
  return write_fully(file_.get(), text) ? absl::OkStatus() : failed("write", path_);
}

absl::Status SharedFile::replace(const std::string& text) const {
  return replace_private_file(path_, text);
}

}  // namespace comcat::base
