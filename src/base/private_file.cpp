#include "comcat/base/private_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/file_trust.h"
#include "comcat/base/text.h"

namespace comcat::base {
namespace {

constexpr std::size_t kKiB = 1024;

absl::Status failed(const std::string& what, const std::string& path) {
  const int error = errno;
  const std::string text =
      "cannot " + what + " " + safe_text(path) + ": " + std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(text);
  return absl::UnavailableError(text);
}

std::string directory_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

absl::Status check_directory(const std::string& directory) {
  const std::string why = distrust_directory(directory);
  if (why.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError("the directory " + safe_text(directory) +
                                     " is not believed: " + why);
}

std::string in_bytes(std::size_t bytes) {
  return bytes % (kKiB * kKiB) == 0 ? std::to_string(bytes / (kKiB * kKiB)) + " MiB"
                                    : std::to_string(bytes / kKiB) + " KiB";
}

/// False, with errno, where it could not be written to the end.
bool write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return ::fsync(file) == 0;
}

/// Writes a file of `text` beside `path`; `put` gives it its name, and returns as system calls do.
template <typename Put>
absl::Status write_beside(const std::string& path, const std::string& text, Put put) {
  if (absl::Status status = prepare_private_directory(path); !status.ok()) return status;
  std::string copy = path + ".XXXXXX";
  const FileDescriptor file(::mkostemp(copy.data(), O_CLOEXEC));
  if (!file.valid()) return failed("write", path);
  absl::Status status;
  if (!write_all(file.get(), text) || put(copy.c_str()) != 0) {
    status = errno == EEXIST ? absl::AlreadyExistsError(safe_text(path) + " is there already")
                             : failed("write", path);
  }
  ::unlink(copy.c_str());
  const FileDescriptor directory(
      ::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (status.ok() && directory.valid()) ::fsync(directory.get());
  return status;
}

}  // namespace

absl::Status check_private_file(int file, const std::string& path) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return failed("read", path);
  if (!S_ISREG(info.st_mode)) return absl::UnavailableError(safe_text(path) + " is no file");
  const std::string why = distrust(file);
  if (why.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError(safe_text(path) + " is not believed: " + why);
}

absl::Status prepare_private_directory(const std::string& path) {
  const std::string directory = directory_of(path);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return failed("open", directory);
  return check_directory(directory);
}

absl::StatusOr<std::string> read_private_file(int file, const std::string& path,
                                              std::size_t max_bytes) {
  if (absl::Status status = check_private_file(file, path); !status.ok()) return status;
  std::string text;
  std::array<char, 16384> buffer{};
  for (ssize_t got = 0; (got = ::read(file, buffer.data(), buffer.size())) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return absl::ResourceExhaustedError(safe_text(path) + " is larger than " +
                                          in_bytes(max_bytes));
    }
  }
  return text;
}

absl::StatusOr<std::optional<std::string>> read_private_file(const std::string& path,
                                                             std::size_t max_bytes) {
  if (absl::Status status = check_directory(directory_of(path)); !status.ok()) return status;
  // Without waiting, where it is a pipe.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file.valid()) return failed("read", path);
  absl::StatusOr<std::string> text = read_private_file(file.get(), path, max_bytes);
  if (!text.ok()) return text.status();
  return *std::move(text);
}

absl::Status replace_private_file(const std::string& path, const std::string& text) {
  return write_beside(path, text, [&](const char* copy) { return ::rename(copy, path.c_str()); });
}

absl::Status create_private_file(const std::string& path, const std::string& text) {
  return write_beside(path, text, [&](const char* copy) { return ::link(copy, path.c_str()); });
}

}  // namespace comcat::base
